package dev.tributary.bench;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the command line asks for.
 *
 * @param rows rows of both tables together, and of changes about as many
 * @param only part of the names of the contestants that take part; empty for all
 * @param json where everything goes as JSON, or null
 */
record BenchSettings(
        Set<Part> parts,
        int rows,
        int rounds,
        String only,
        @Nullable Path json) {
    static final String USAGE = """
            Usage: ./tributary bench [PART …] [--rows 1000000] [--rounds 3] [--only NAME] [--json FILE]
              writer    rows into a MySQL: the sink alone, Debezium's JDBC sink, JDBC batches, LOAD DATA
              snapshot  a copy of a two-shard Vitess, from start to end
              changes   its changes, in transactions of 1, 10 and 1,000 rows
              latency   from commit to commit, under a steady load
              start     start to first row durable; idle memory
              --rows    rows of both tables together
              --rounds  how often each is measured, in turn; the first round counts like any other
              --only    only contestants with this in their names, such as tributary or tuned
              --json    writes every figure of every round there
            """;

    private static final int LEAST_ROWS = 50_000;
    private static final int MOST_ROWS = 50_000_000;
    private static final int MOST_ROUNDS = 100;

    /** @throws IllegalArgumentException with what is wrong */
    static BenchSettings parse(List<String> arguments) {
        Set<Part> parts = EnumSet.noneOf(Part.class);
        int rows = 1_000_000;
        int rounds = 3;
        String only = "";
        Path json = null;
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (!argument.startsWith("-")) {
                parts.add(part(argument));
                continue;
            }
            int equals = argument.indexOf('=');
            String flag = equals < 0 ? argument : argument.substring(0, equals);
            if (!List.of("--rows", "--rounds", "--only", "--json").contains(flag)) {
                throw new IllegalArgumentException("unknown flag " + flag);
            }
            if (equals < 0 && i + 1 == arguments.size()) {
                throw new IllegalArgumentException("no value given for " + flag);
            }
            String value = equals < 0 ? arguments.get(++i) : argument.substring(equals + 1);
            switch (flag) {
                case "--rows" -> rows = number(flag, value, LEAST_ROWS, MOST_ROWS);
                case "--rounds" -> rounds = number(flag, value, 1, MOST_ROUNDS);
                case "--only" -> only = value;
                default -> json = Path.of(value).toAbsolutePath();
            }
        }
        return new BenchSettings(parts.isEmpty() ? EnumSet.allOf(Part.class) : parts, rows, rounds, only, json);
    }

    boolean includes(String contestant) {
        return contestant.contains(only);
    }

    private static Part part(String word) {
        return Arrays.stream(Part.values())
                .filter(part -> part.word().equals(word))
                .findAny()
                .orElseThrow(() -> new IllegalArgumentException("unknown part '" + word + "'; there are "
                        + Arrays.stream(Part.values()).map(Part::word).collect(Collectors.joining(", "))));
    }

    private static int number(String flag, String text, int min, int max) {
        String digits = text.replace("_", "").replace(",", "");
        if (!digits.matches("[0-9]{1,9}") || Integer.parseInt(digits) < min || Integer.parseInt(digits) > max) {
            throw new IllegalArgumentException(flag + ": a number from " + min + " to " + max + ", not '" + text + "'");
        }
        return Integer.parseInt(digits);
    }
}
