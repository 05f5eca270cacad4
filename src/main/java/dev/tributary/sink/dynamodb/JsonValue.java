package dev.tributary.sink.dynamodb;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.tributary.dynamodb.ItemNumber;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** A JSON text as maps, lists and exact numbers; as a text where these don't hold all of it. */
final class JsonValue {
    /** Deeper than that the service nests nothing. */
    private static final int DEEPEST = 31;

    private static final JsonFactory JSON = new JsonFactory();

    private JsonValue() {}

    static AttributeValue of(String text) {
        try (JsonParser parser = JSON.createParser(text)) {
            parser.nextToken();
            AttributeValue value = value(parser, 0);
            return value == null ? AttributeValue.fromS(text) : value;
        } catch (IOException e) {
            // no document, whatever the source calls it
            return AttributeValue.fromS(text);
        }
    }

    /** Null for what can't be held. */
    private static @Nullable AttributeValue value(JsonParser parser, int depth) throws IOException {
        if (depth > DEEPEST) {
            return null;
        }
        return switch (parser.currentToken()) {
            case START_OBJECT -> map(parser, depth);
            case START_ARRAY -> list(parser, depth);
            case VALUE_STRING -> AttributeValue.fromS(parser.getText());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
                BigDecimal number = ItemNumber.canonical(new BigDecimal(parser.getText()));
                boolean negativeZero = number.signum() == 0 && parser.getText().startsWith("-");
                yield ItemNumber.holds(number) && !negativeZero ? AttributeValue.fromN(ItemNumber.text(number)) : null;
            }
            case VALUE_TRUE -> AttributeValue.fromBool(true);
            case VALUE_FALSE -> AttributeValue.fromBool(false);
            case VALUE_NULL -> AttributeValue.fromNul(true);
            default -> null;
        };
    }

    private static @Nullable AttributeValue map(JsonParser parser, int depth) throws IOException {
        Map<String, AttributeValue> values = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            AttributeValue value = value(parser, depth + 1);
            // the service has no attributes without a name
            if (value == null || name.isEmpty()) {
                return null;
            }
            values.put(name, value);
        }
        return AttributeValue.fromM(values);
    }

    private static @Nullable AttributeValue list(JsonParser parser, int depth) throws IOException {
        List<AttributeValue> values = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            AttributeValue value = value(parser, depth + 1);
            if (value == null) {
                return null;
            }
            values.add(value);
        }
        return AttributeValue.fromL(values);
    }
}
