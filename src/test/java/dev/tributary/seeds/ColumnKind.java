package dev.tributary.seeds;

import java.util.Random;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A column's type and how values of it are written in SQL, in a session without strict mode.
 *
 * @param type as declared, such as {@code varchar(20) CHARACTER SET latin1}
 * @param value an expression for some value, never NULL; the edges among them
 * @param numbered an expression for the value of a number, another for each number from 0 to 99,999, also for the column's
 *     collation, or at least to 9; null where it has not that many
 * @param few whether there are others for 0 to 9 alone
 * @param prefix what is added to the column's name in a key, such as {@code (20)} where the server demands it
 */
record ColumnKind(
        String type,
        Function<Random, String> value,
        @Nullable IntFunction<String> numbered,
        boolean few,
        String prefix) {
    private static final Pattern PLAIN = Pattern.compile(
            "((tiny|small|medium|big)?int|decimal|double|date(time)?|time(stamp)?|year|(var)?char|text|json)"
                    + "(\\([0-9,]+\\))?");

    ColumnKind(String type, Function<Random, String> value, @Nullable IntFunction<String> numbered) {
        this(type, value, numbered, false, "");
    }

    /** The same values in another type. */
    ColumnKind as(String other) {
        return new ColumnKind(other, value, numbered, few, prefix);
    }

    /** Any kind; each family is as likely as the others. */
    static ColumnKind any(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> NumberKinds.any(random);
            case 1 -> TextKinds.any(random);
            case 2 -> TimeKinds.any(random);
            case 3 -> ByteKinds.any(random);
            case 4 -> LabelKinds.any(random);
            default -> DocumentKinds.any(random);
        };
    }

    /**
     * One that fits.
     *
     * @param numbers how many different values are to tell rows apart; 0 if it is in no key
     * @param plain whether its values are to be read without the column's definition, see {@link #isPlain}
     */
    static ColumnKind any(Random random, int numbers, boolean plain) {
        while (true) {
            ColumnKind kind = any(random);
            if (kind.has(numbers) && (!plain || kind.isPlain())) {
                return kind;
            }
        }
    }

    private boolean has(int numbers) {
        return numbers == 0 || (numbered != null && (!few || numbers <= 10));
    }

    /**
     * Whether a tablet reads its values rightly when the table has other columns by then: one that does not track its schema's
     * versions does not know the column of a value from before a change.
     */
    boolean isPlain() {
        return PLAIN.matcher(type).matches();
    }

    @SafeVarargs
    static <T> T oneOf(Random random, T... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
