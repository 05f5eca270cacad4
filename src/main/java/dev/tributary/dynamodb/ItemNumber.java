package dev.tributary.dynamodb;

import java.math.BigDecimal;

/** Numbers as the service has them. */
public final class ItemNumber {
    /** Significant digits. */
    public static final int MOST_DIGITS = 38;

    private static final int GREATEST_EXPONENT = 125;
    private static final int LEAST_EXPONENT = -130;

    private ItemNumber() {}

    /** The one of equal numbers that is always the same: scans, streams and other sources need not tell the same digits. */
    public static BigDecimal canonical(String number) {
        return canonical(new BigDecimal(number));
    }

    /** @see #canonical(String) */
    public static BigDecimal canonical(BigDecimal value) {
        return value.signum() == 0 ? BigDecimal.ZERO : value.stripTrailingZeros();
    }

    /** The one text of equal numbers: with an exponent where that is much shorter. */
    public static String text(String number) {
        return text(canonical(number));
    }

    /** @see #text(String) */
    public static String text(BigDecimal canonical) {
        return Math.abs(canonical.scale()) <= MOST_DIGITS ? canonical.toPlainString() : canonical.toString();
    }

    /** Whether the service holds a canonical number as it is. */
    public static boolean holds(BigDecimal canonical) {
        int exponent = canonical.precision() - canonical.scale() - 1;
        return canonical.signum() == 0
                || canonical.precision() <= MOST_DIGITS && exponent <= GREATEST_EXPONENT && exponent >= LEAST_EXPONENT;
    }
}
