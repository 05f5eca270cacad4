package dev.tributary.demo;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * What the command line asks for.
 *
 * @param dynamoDb whether the source is a DynamoDB, and not a Vitess
 * @param liveTime how long changes are shown after the copy
 * @param shards the shards of the source
 * @param rows about so many rows are there before the pipeline starts
 * @param perSecond transactions a second
 */
record DemoSettings(boolean dynamoDb, Duration liveTime, List<String> shards, int rows, int perSecond) {
    static final String USAGE = """
            Usage: ./tributary demo [--source vitess] [--for 20s] [--shards -80,80-] [--rows 150000] [--rate 100]
              --source  vitess, or dynamodb: a DynamoDB Local, whose own way of writing is slow: try --rows 5000
              --for     how long changes are shown after the copy
              --shards  key ranges of the source's shards
              --rows    rows in the shop before the pipeline starts, about
              --rate    transactions a second that customers commit
            """;

    /** @throws IllegalArgumentException with what is wrong */
    static DemoSettings parse(List<String> arguments) {
        DemoSettings settings = new DemoSettings(false, Duration.ofSeconds(20), List.of("-80", "80-"), 150_000, 100);
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            int equals = argument.indexOf('=');
            String flag = equals < 0 ? argument : argument.substring(0, equals);
            if (!List.of("--source", "--for", "--shards", "--rows", "--rate").contains(flag)) {
                throw new IllegalArgumentException("unknown argument " + argument);
            }
            String value;
            if (equals >= 0) {
                value = argument.substring(equals + 1);
            } else if (++i < arguments.size()) {
                value = arguments.get(i);
            } else {
                throw new IllegalArgumentException("no value given for " + flag);
            }
            settings = settings.with(flag, value);
        }
        return settings;
    }

    private DemoSettings with(String flag, String value) {
        try {
            return switch (flag) {
                case "--source" -> new DemoSettings(isDynamoDb(value), liveTime, shards, rows, perSecond);
                case "--for" -> new DemoSettings(dynamoDb, duration(value), shards, rows, perSecond);
                case "--shards" -> new DemoSettings(dynamoDb, liveTime, List.of(value.split(",", -1)), rows, perSecond);
                case "--rows" ->
                    new DemoSettings(dynamoDb, liveTime, shards, number(value, 1_000, 50_000_000), perSecond);
                default -> new DemoSettings(dynamoDb, liveTime, shards, rows, number(value, 1, 10_000));
            };
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(flag + ": " + e.getMessage(), e);
        }
    }

    private static boolean isDynamoDb(String value) {
        return switch (value) {
            case "vitess" -> false;
            case "dynamodb" -> true;
            default -> throw new IllegalArgumentException("vitess or dynamodb, not '" + value + "'");
        };
    }

    private static int number(String text, int min, int max) {
        String digits = text.replace("_", "").replace(",", "");
        if (!digits.matches("[0-9]{1,9}") || Integer.parseInt(digits) < min || Integer.parseInt(digits) > max) {
            throw new IllegalArgumentException("a number from " + min + " to " + max + ", not '" + text + "'");
        }
        return Integer.parseInt(digits);
    }

    private static Duration duration(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        if (!lower.matches("[0-9]{1,5}(s|m)?")) {
            throw new IllegalArgumentException("a time such as 20s or 2m, not '" + text + "'");
        }
        long number = Long.parseLong(lower.replaceAll("[sm]", ""));
        return lower.endsWith("m") ? Duration.ofMinutes(number) : Duration.ofSeconds(number);
    }
}
