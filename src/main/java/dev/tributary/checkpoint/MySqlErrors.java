package dev.tributary.checkpoint;

import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import io.vertx.mysqlclient.MySQLException;
import java.util.Arrays;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a failure of a MySQL connection means: the one place that classifies them. MySQL's own messages can hold row values
 * ("Duplicate entry '…'"): of such a message only the names of column and key are kept, and the client's exception is never
 * handed on as a cause.
 */
public final class MySqlErrors {
    private static final int LOCK_WAIT_TIMEOUT = 1205;
    private static final int DEADLOCK = 1213;

    /** Over by themselves: lost connections, overload, shutdown, failover and read-only servers, changed definitions. */
    private static final Set<Integer> TRANSIENT =
            codes("1040 1053 1152 1158 1159 1160 1161 1180 1184 1203 1205 1213 1226"
                    + " 1243 1290 1317 1412 1461 1615 1637 1792 1836 1927 2006 2013 3024 3032 3101 3168 3572 4031");

    /** Their messages name objects, accounts and settings only. */
    private static final Set<Integer> HARMLESS =
            codes("1005 1031 1040 1044 1045 1049 1050 1053 1054 1060 1061 1064 1067 1068"
                    + " 1071 1072 1074 1075 1113 1114 1115 1118 1142 1143 1146 1153 1166 1170 1171 1203 1205 1213 1215 1226 1227 1235"
                    + " 1273 1286 1290 1317 1364 1370 1410 1412 1461 1615 1637 1698 1792 1826 1836 1901 1903 1904 1907 1908"
                    + " 1927 3024 3032 3101 3102 3105 3106 3750 3763 3770 3780 3822 4031 4161");

    private static final Pattern COLUMN = Pattern.compile("for column [`']([^`']+(?:`\\.`[^`']+)*)[`']");
    private static final Pattern KEY = Pattern.compile("for key '([^']+)'\\s*$");
    private static final Pattern FIELD = Pattern.compile("^(?:Field|Column) '([^']+)'");
    /** VTGate passes a tablet's gRPC status on as text. */
    private static final Pattern TABLET_AWAY = Pattern.compile(
            "[Cc]ode = (Unavailable|UNAVAILABLE|Aborted|ABORTED|DeadlineExceeded|DEADLINE_EXCEEDED|ResourceExhausted"
                    + "|RESOURCE_EXHAUSTED|ClusterEvent|CLUSTER_EVENT|Canceled|CANCELED)");

    private MySqlErrors() {}

    private static Set<Integer> codes(String text) {
        return Arrays.stream(text.split(" ", -1)).map(Integer::valueOf).collect(Collectors.toUnmodifiableSet());
    }

    /**
     * The failure to pass on.
     *
     * @param what what failed, as the message's beginning: a table, a shard
     */
    public static PipelineException of(String what, Throwable failure) {
        if (failure instanceof PipelineException known) {
            return known;
        }
        if (failure instanceof MySQLException error) {
            Kind kind = isTransient(error) ? Kind.TRANSIENT : Kind.FATAL;
            return new PipelineException(
                    kind, what + ": MySQL error " + error.getErrorCode() + ": " + withoutValues(error) + advice(error));
        }
        if (failure instanceof NumberFormatException) {
            // its message is the value
            return new PipelineException(
                    Kind.FATAL, what + ": a value is not a number, but its column at the target is");
        }
        if (failure instanceof Error || (failure instanceof RuntimeException && isDefect(failure))) {
            return new PipelineException(Kind.FATAL, what + ": " + failure, failure);
        }
        return new PipelineException(Kind.TRANSIENT, what + ": connection lost: " + failure.getMessage(), failure);
    }

    /** Whether the server gave this transaction up in favour of another's: done again, it may well succeed. */
    public static boolean isConflict(Throwable failure) {
        return failure instanceof MySQLException error
                && (error.getErrorCode() == DEADLOCK || error.getErrorCode() == LOCK_WAIT_TIMEOUT);
    }

    /** Whether the server refuses these credentials or this database, which only a changed setting mends. */
    public static boolean isRefusal(Throwable failure) {
        return failure instanceof MySQLException error
                && Set.of(1044, 1045, 1049, 1698).contains(error.getErrorCode());
    }

    /** Whether a table is not there. */
    static boolean isMissingTable(Throwable failure) {
        return failure instanceof MySQLException error && error.getErrorCode() == 1146;
    }

    /** Whether a column that was to be added is there. */
    public static boolean isDuplicateColumn(Throwable failure) {
        return failure instanceof MySQLException error && error.getErrorCode() == 1060;
    }

    private static boolean isDefect(Throwable failure) {
        return failure instanceof IllegalArgumentException
                || failure instanceof IllegalStateException
                || failure instanceof NullPointerException
                || failure instanceof IndexOutOfBoundsException
                || failure instanceof ArithmeticException
                || failure instanceof ClassCastException;
    }

    private static boolean isTransient(MySQLException error) {
        return TRANSIENT.contains(error.getErrorCode())
                || TABLET_AWAY.matcher(message(error)).find();
    }

    private static String withoutValues(MySQLException error) {
        String message = message(error);
        if (HARMLESS.contains(error.getErrorCode())) {
            // a VTGate appends the statement, with its values
            return message.split("(?i)during query|\\bSql: |BindVars", 2)[0].strip();
        }
        StringBuilder text = new StringBuilder(
                switch (error.getErrorCode()) {
                    case 1022, 1062, 1586 -> "duplicate entry";
                    case 1048 -> "NULL is not allowed";
                    case 1264, 1690 -> "value out of range";
                    case 1265 -> "value truncated";
                    case 1292, 1366, 1411, 1367 -> "value not valid for its type";
                    case 1406 -> "value too long";
                    case 1416 -> "not a geometry";
                    case 3140, 3141, 3143 -> "not a JSON text";
                    case 3819, 4025 -> "a check constraint is violated";
                    default -> "SQLSTATE " + error.getSqlState();
                });
        append(text, " for column ", COLUMN, message);
        append(text, " for key ", KEY, message);
        append(text, " for column ", FIELD, message);
        return text.toString();
    }

    /** The server's own words, out of the client's wrapping. */
    private static String message(MySQLException error) {
        String text = String.valueOf(error.getMessage());
        int start = text.startsWith("{errorMessage=") ? "{errorMessage=".length() : 0;
        int end = text.lastIndexOf(", errorCode=");
        return text.substring(start, end < start ? text.length() : end);
    }

    private static void append(StringBuilder text, String words, Pattern pattern, String message) {
        Matcher matcher = pattern.matcher(message);
        if (matcher.find()) {
            text.append(words).append(matcher.group(1));
        }
    }

    private static String advice(MySQLException error) {
        return switch (error.getErrorCode()) {
            case 1045, 1698 -> "; check user and password";
            case 1049 -> "; create the database, or name another";
            case 1290, 1836 -> "; name the server that takes writes";
            case 1142, 1143, 1044 -> "; grant the privilege to the user of the target";
            case 1153 -> "; raise max_allowed_packet at the target";
            default -> "";
        };
    }
}
