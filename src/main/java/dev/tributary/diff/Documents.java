package dev.tributary.diff;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * JSON documents where one side keeps them as text, as MariaDB does: one document may have several texts there, and a number
 * several spellings.
 */
final class Documents {
    /** No text of a document is too long for the servers, and so none is here. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private Documents() {}

    /** One for all texts of the same documents; what is no JSON is taken by its text. */
    static String digest(List<@Nullable String> texts) {
        StringBuilder all = new StringBuilder();
        for (String text : texts) {
            all.append(text == null ? "~" : canonical(text));
        }
        try {
            byte[] bytes = all.toString().getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String canonical(String text) {
        try (JsonParser parser = JSON.createParser(text)) {
            parser.nextToken();
            String value = value(parser);
            return parser.nextToken() == null ? value : raw(text);
        } catch (IOException | NumberFormatException | ArithmeticException e) {
            // no document, or beyond what a parser takes
            return raw(text);
        }
    }

    private static String raw(String text) {
        return "?" + string(text);
    }

    private static String value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> {
                StringBuilder elements = new StringBuilder("[");
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    elements.append(value(parser));
                }
                yield elements.append(']').toString();
            }
            case VALUE_STRING -> string(parser.getText());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(parser.getDecimalValue());
            case VALUE_TRUE, VALUE_FALSE, VALUE_NULL -> parser.getText();
            case null, default -> throw new IOException("no document");
        };
    }

    private static String object(JsonParser parser) throws IOException {
        Map<String, String> members = new TreeMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            members.put(name, value(parser));
        }
        StringBuilder object = new StringBuilder("{");
        members.forEach((name, value) -> object.append(string(name)).append(value));
        return object.append('}').toString();
    }

    private static String number(BigDecimal number) {
        return (number.signum() == 0 ? "0" : number.stripTrailingZeros().toString()) + ';';
    }

    /** By its length, for no two documents may look alike. */
    private static String string(String text) {
        return "\"" + text.length() + ":" + text;
    }
}
