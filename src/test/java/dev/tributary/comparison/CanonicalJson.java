package dev.tributary.comparison;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** One text for every JSON document: MariaDB keeps the text that it got, MySQL writes its own. */
final class CanonicalJson {
    private static final JsonFactory FACTORY = new JsonFactory();

    private CanonicalJson() {}

    static String of(String json) {
        try (JsonParser parser = FACTORY.createParser(json)) {
            parser.nextToken();
            return text(parser);
        } catch (IOException e) {
            throw new UncheckedIOException("not JSON: " + json, e);
        }
    }

    private static String text(JsonParser parser) throws IOException {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.START_OBJECT) {
            TreeMap<String, String> members = new TreeMap<>();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = quoted(parser.currentName());
                parser.nextToken();
                members.put(name, text(parser));
            }
            return members.toString();
        }
        if (token == JsonToken.START_ARRAY) {
            List<String> elements = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                elements.add(text(parser));
            }
            return elements.toString();
        }
        if (token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_NUMBER_FLOAT) {
            BigDecimal number = parser.getDecimalValue();
            return number.signum() == 0 ? "0" : number.stripTrailingZeros().toString();
        }
        return token == JsonToken.VALUE_STRING ? quoted(parser.getText()) : parser.getText();
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
