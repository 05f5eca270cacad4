package dev.tributary.seeds;

import static dev.tributary.seeds.ColumnKind.oneOf;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Random;

/** Dates and times. */
final class TimeKinds {
    private static final LocalDateTime EPOCH = LocalDateTime.of(1970, 1, 1, 0, 0);
    private static final DateTimeFormatter MOMENT = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS");

    private TimeKinds() {}

    static ColumnKind any(Random random) {
        int digits = random.nextInt(7);
        return switch (random.nextInt(5)) {
            case 0 ->
                new ColumnKind(
                        "date",
                        some -> switch (some.nextInt(5)) {
                            case 0 -> oneOf(some, "'0000-00-00'", "'2024-00-00'", "'9999-12-31'", "'1000-01-01'");
                            default -> "'" + LocalDate.ofEpochDay(some.nextInt(60_000) - 30_000) + "'";
                        },
                        number -> "'" + LocalDate.ofEpochDay(number - 50_000L) + "'");
            case 1 ->
                new ColumnKind(
                        "time(" + digits + ")",
                        some -> switch (some.nextInt(5)) {
                            case 0 -> oneOf(some, "'-838:59:59'", "'838:59:59'", "'00:00:00'", "'-00:00:01.5'");
                            default ->
                                "'%s%02d:%02d:%02d.%06d'"
                                        .formatted(
                                                some.nextBoolean() ? "-" : "",
                                                some.nextInt(838),
                                                some.nextInt(60),
                                                some.nextInt(60),
                                                some.nextInt(1_000_000));
                        },
                        number -> "SEC_TO_TIME(" + (number - 50_000) + ")");
            case 2 ->
                new ColumnKind(
                        "datetime(" + digits + ")",
                        some -> switch (some.nextInt(5)) {
                            case 0 ->
                                oneOf(some, "'0000-00-00 00:00:00'", "'9999-12-31 23:59:59'", "'2024-02-00 01:02:03'");
                            default -> moment(some, -2_000_000_000L, 4_000_000_000L);
                        },
                        number -> "'" + MOMENT.format(EPOCH.plusSeconds(number * 1_000L)) + "'");
            case 3 ->
                new ColumnKind(
                        "timestamp(" + digits + ")",
                        some -> switch (some.nextInt(5)) {
                            case 0 ->
                                oneOf(some, "'0000-00-00 00:00:00'", "'1970-01-01 00:00:01'", "'2038-01-19 03:14:07'");
                            default -> moment(some, 86_400, 2_000_000_000L);
                        },
                        number -> "'" + MOMENT.format(EPOCH.plusSeconds(86_400 + number * 1_000L)) + "'");
            default -> new ColumnKind("year", some -> oneOf(some, "0", "1901", "2155", "2024"), null);
        };
    }

    private static String moment(Random random, long from, long to) {
        long seconds = from + (long) (random.nextDouble() * (to - from));
        return "'" + MOMENT.format(EPOCH.plusSeconds(seconds).plusNanos(random.nextInt(1_000_000) * 1_000L)) + "'";
    }
}
