package dev.tributary.source.vitess;

import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.TableId;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;

/**
 * FLOATs of a copy. MySQL shows six digits of one, and a tablet's copy takes no other function than {@code convert_tz}, which
 * gives a moment: so ten digits, exponent and sign are sent as microseconds after the begin of 2000.
 */
final class ExactFloats {
    private static final LocalDateTime ZERO = LocalDateTime.of(2000, 1, 1, 0, 0);
    private static final int EXPONENT_SHIFT = 50;
    private static final int DIGITS = 10;

    private ExactFloats() {}

    /** A column of a filter's {@code select}. */
    static String column(String name, String dataType) {
        String column = KeyRange.quote(name);
        return dataType.equals("float") ? moment(column) + " as " + column : column;
    }

    private static String moment(String column) {
        String value = "abs(" + column + " * 1e0)";
        String exponent = "floor(log10(" + value + "))";
        String digits = "round(" + value + " / pow(10, " + exponent + " - " + (DIGITS - 1) + "))";
        // zero has no logarithm, but a sign
        String number = "if(" + column + " = 0, 0, " + digits + " * 200 + (" + exponent + " + " + EXPONENT_SHIFT
                + ") * 2)" + " + if(left(" + column + ", 1) = '-', 1, 0)";
        return "convert_tz(date_add('2000-01-01 00:00:00.000000', interval (" + number
                + ") microsecond), '+00:00', '+00:00')";
    }

    /** A FLOAT as the copy has it, as a number. */
    static byte[] number(TableId table, byte[] moment) {
        String text = new String(moment, StandardCharsets.US_ASCII);
        long number;
        try {
            number = ChronoUnit.MICROS.between(ZERO, LocalDateTime.parse(text.replace(' ', 'T')));
        } catch (DateTimeException e) {
            throw new PipelineException(
                    Kind.TRANSIENT,
                    "table " + table + ": a FLOAT was copied as " + text
                            + ": the table was altered since the tables were looked up");
        }
        long digits = number / 200;
        long exponent = number / 2 % 100 - EXPONENT_SHIFT - (DIGITS - 1);
        float value = digits == 0 ? 0f : Float.parseFloat(digits + "E" + exponent);
        return Float.toString(number % 2 == 1 ? -value : value).getBytes(StandardCharsets.US_ASCII);
    }
}
