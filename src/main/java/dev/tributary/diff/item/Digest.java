package dev.tributary.diff.item;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/**
 * 128 bits of a SHA-256: of an item, or of its key. No two different items have the same one but by a chance that nobody meets.
 */
public record Digest(long high, long low) {
    /** Of all that an item has. */
    public static Digest of(Item item) {
        StringBuilder text = new StringBuilder();
        item.key().forEach(value -> value.write(text));
        item.attributes().forEach((name, value) -> {
            text.append(name.length()).append('=').append(name);
            value.write(text);
        });
        return of(text);
    }

    /** Of a key alone. */
    public static Digest of(List<Value> key) {
        StringBuilder text = new StringBuilder();
        key.forEach(value -> value.write(text));
        return of(text);
    }

    private static Digest of(StringBuilder text) {
        try {
            byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
            ByteBuffer hash =
                    ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(bytes));
            return new Digest(hash.getLong(), hash.getLong());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
