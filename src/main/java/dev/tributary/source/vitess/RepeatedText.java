package dev.tributary.source.vitess;

import java.nio.charset.StandardCharsets;

/** A text of a stream's events that is nearly always the one before: no string is made of it then. */
final class RepeatedText {
    private String text = "";
    private byte[] bytes = {};

    /** What is left of the reader, as text. */
    String read(WireReader reader) {
        if (!reader.isLeft(bytes)) {
            text = reader.text();
            bytes = text.getBytes(StandardCharsets.UTF_8);
        }
        return text;
    }
}
