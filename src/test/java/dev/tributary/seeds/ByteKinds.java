package dev.tributary.seeds;

import static dev.tributary.seeds.ColumnKind.oneOf;

import java.math.BigInteger;
import java.util.HexFormat;
import java.util.Random;

/** Bytes and bits. */
final class ByteKinds {
    private ByteKinds() {}

    static ColumnKind any(Random random) {
        int length = oneOf(random, 1, 4, 16, 100);
        return switch (random.nextInt(4)) {
            case 0 -> bytes("binary(" + length + ")", length, length >= 4 && length <= 16);
            case 1 -> bytes("varbinary(" + length + ")", length, length >= 4 && length <= 16);
            case 2 -> bytes(oneOf(random, "tinyblob", "blob", "mediumblob", "longblob"), 250, false);
            default -> bits(1 + random.nextInt(64));
        };
    }

    private static ColumnKind bytes(String type, int length, boolean keyable) {
        return new ColumnKind(
                type,
                some -> {
                    byte[] bytes = new byte[some.nextInt(length + 1)];
                    some.nextBytes(bytes);
                    return hex(bytes);
                },
                keyable ? number -> numbered(number, length) : null);
    }

    /** Of the whole length: BINARY is padded with zeros, and then another value for a comparison. */
    private static String numbered(int number, int length) {
        byte[] bytes = new byte[length];
        bytes[0] = (byte) (number >> 16);
        bytes[1] = (byte) (number >> 8);
        bytes[2] = (byte) number;
        bytes[length - 1] = 1;
        return hex(bytes);
    }

    private static ColumnKind bits(int length) {
        return new ColumnKind(
                "bit(" + length + ")",
                some -> "b'" + new BigInteger(length, some).toString(2) + "'",
                length < 24 ? null : number -> "b'" + Integer.toBinaryString(number) + "'");
    }

    private static String hex(byte[] bytes) {
        return "X'" + HexFormat.of().formatHex(bytes) + "'";
    }
}
