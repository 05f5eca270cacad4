package dev.tributary.seeds;

import static dev.tributary.seeds.ColumnKind.oneOf;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Random;

/** Integers, decimals and floating-point numbers. */
final class NumberKinds {
    private NumberKinds() {}

    static ColumnKind any(Random random) {
        return switch (random.nextInt(8)) {
            case 0, 1, 2 -> integer(random);
            case 3, 4 -> decimal(1 + random.nextInt(65), random.nextInt(31));
            case 5 -> decimal(20, 6);
            case 6 -> floating();
            default -> doubled();
        };
    }

    private static ColumnKind integer(Random random) {
        int bytes = oneOf(random, 1, 2, 3, 4, 8);
        boolean unsigned = random.nextBoolean();
        String name = switch (bytes) {
            case 1 -> "tinyint";
            case 2 -> "smallint";
            case 3 -> "mediumint";
            case 4 -> "int";
            default -> "bigint";
        };
        BigInteger span = BigInteger.ONE.shiftLeft(8 * bytes);
        BigInteger min = unsigned ? BigInteger.ZERO : span.shiftRight(1).negate();
        BigInteger max = min.add(span).subtract(BigInteger.ONE);
        boolean fromTop = random.nextBoolean();
        boolean zerofill = unsigned && random.nextInt(6) == 0;
        return new ColumnKind(
                name + (unsigned ? " unsigned" : "") + (zerofill ? " zerofill" : ""),
                some -> switch (some.nextInt(5)) {
                    case 0 -> min.toString();
                    case 1 -> max.toString();
                    case 2 -> "0";
                    default -> min.add(new BigInteger(8 * bytes, some)).min(max).toString();
                },
                bytes < 3
                        ? null
                        : number -> (fromTop
                                        ? max.subtract(BigInteger.valueOf(number))
                                        : min.add(BigInteger.valueOf(number)))
                                .toString());
    }

    private static ColumnKind decimal(int precision, int most) {
        int scale = Math.min(most, precision);
        boolean wide = precision - scale >= 6;
        return new ColumnKind(
                "decimal(" + precision + "," + scale + ")",
                some -> {
                    BigInteger digits = new BigInteger("9".repeat(precision));
                    BigInteger unscaled = switch (some.nextInt(4)) {
                        case 0 -> digits;
                        case 1 -> BigInteger.ZERO;
                        default -> new BigInteger(some.nextInt(digits.bitLength()) + 1, some).min(digits);
                    };
                    return new BigDecimal(some.nextBoolean() ? unscaled : unscaled.negate(), scale).toPlainString();
                },
                !wide ? null : number -> (number - 50_000) + (scale == 0 ? "" : "." + number % 10));
    }

    private static ColumnKind floating() {
        return new ColumnKind(
                "float",
                some -> switch (some.nextInt(5)) {
                    case 0 -> "0";
                    case 1 -> oneOf(some, "1e-30", "-1e30", "0.5", "-3.25", "999999", "0.000123");
                    case 2, 3 -> {
                        float any = Float.intBitsToFloat(some.nextInt());
                        yield Float.isFinite(any) ? Float.toString(any) : "1.5";
                    }
                    default ->
                        BigDecimal.valueOf(some.nextInt(1_999_999) - 999_999, some.nextInt(6))
                                .toPlainString();
                },
                // exact, or the source itself would not find it again
                number -> BigDecimal.valueOf(number - 50_000)
                        .multiply(new BigDecimal("0.25"))
                        .toPlainString());
    }

    private static ColumnKind doubled() {
        return new ColumnKind(
                "double",
                some -> switch (some.nextInt(4)) {
                    case 0 -> "0";
                    case 1 ->
                        oneOf(
                                some,
                                "1e100",
                                "-1e-100",
                                "1.7976931348623157e308",
                                "2.2250738585072014e-308",
                                "0.1",
                                "1e21");
                    default -> {
                        double value = Double.longBitsToDouble(some.nextLong());
                        yield Double.isFinite(value) ? "'" + value + "'" : "0.30000000000000004";
                    }
                },
                number -> "'" + (number - 50_000) * 0.1 + "'");
    }
}
