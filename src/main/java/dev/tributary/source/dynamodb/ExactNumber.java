package dev.tributary.source.dynamodb;

import dev.tributary.dynamodb.ItemNumber;
import java.math.BigDecimal;

/**
 * How much of a DECIMAL a number takes.
 *
 * @param integers digits before the point
 * @param fractions digits behind it
 */
record ExactNumber(int integers, int fractions) {
    /** What MySQL's widest DECIMAL has. */
    private static final int MOST_DIGITS = 65;

    private static final int MOST_FRACTIONS = 30;
    /** So that a column is widened a few times at most, each of which writes its table anew. */
    private static final int[] INTEGERS = {19, 28, 38, MOST_DIGITS};

    private static final int[] FRACTIONS = {0, 4, 10, 18, MOST_FRACTIONS};

    /** What every BIGINT has room in. */
    static final ExactNumber INTEGER = new ExactNumber(INTEGERS[0], 0);

    /** The only text of a number, without an exponent: of equal ones it is the same. */
    static String text(String number) {
        return ItemNumber.canonical(number).toPlainString();
    }

    static ExactNumber of(String number) {
        BigDecimal value = ItemNumber.canonical(number);
        return new ExactNumber(Math.max(0, value.precision() - value.scale()), Math.max(0, value.scale()));
    }

    static boolean isLong(String number) {
        BigDecimal value = ItemNumber.canonical(number);
        return value.scale() <= 0
                && value.precision() - value.scale() <= INTEGERS[0]
                && value.toBigIntegerExact().bitLength() < Long.SIZE;
    }

    boolean holds(ExactNumber other) {
        return integers >= other.integers && fractions >= other.fractions;
    }

    boolean isDecimal() {
        return integers + fractions <= MOST_DIGITS && fractions <= MOST_FRACTIONS;
    }

    /** What holds both, with some room; without, where there is none; may be no DECIMAL. */
    ExactNumber with(ExactNumber other) {
        ExactNumber least = new ExactNumber(Math.max(integers, other.integers), Math.max(fractions, other.fractions));
        ExactNumber roomy = new ExactNumber(step(INTEGERS, least.integers), step(FRACTIONS, least.fractions));
        return roomy.isDecimal() ? roomy : least;
    }

    private static int step(int[] steps, int least) {
        for (int step : steps) {
            if (step >= least) {
                return step;
            }
        }
        return least;
    }

    String type() {
        return "decimal(" + (integers + fractions) + "," + fractions + ")";
    }
}
