package dev.tributary.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the command line asks for.
 *
 * @param rows rows of both tables together, and of changes about as many
 * @param only parts of the names of the contestants that take part, with commas between them; empty for all
 * @param transactions rows of the transactions that changes are measured in; empty for all
 * @param json where everything goes as JSON, or null
 * @param plots the directory that the plots of limits go to, or null
 * @param mysqld the program of the targets, or empty for that of the tests
 * @param flags further flags of the targets' servers
 * @param own settings of the application, by environment variable
 * @param profile whether the application's JVMs record themselves
 */
record BenchSettings(
        Set<Part> parts,
        int rows,
        int rounds,
        String only,
        List<Integer> transactions,
        @Nullable Path json,
        @Nullable Path plots,
        String mysqld,
        List<String> flags,
        Map<String, String> own,
        boolean profile) {
    static final String USAGE = """
            Usage: ./tributary bench [PART …] [--rows 1000000] [--rounds 3] [--only NAME] [--transactions ROWS] [--json FILE] [--plots DIR] [--mysqld PATH] [--mysqld-flag FLAG] [--set NAME=VALUE] [--profile]
              writer    rows into a MySQL: the sink alone, Debezium's JDBC sink, JDBC batches, LOAD DATA
              snapshot  a copy of a two-shard Vitess, from start to end
              changes   its changes, in transactions of 1, 10 and 1,000 rows
              latency   from commit to commit, under a steady load
              start     start to first row durable; idle memory
              micro     decoding, folding and statement building alone, by JMH; only if it is named
              limits    what a row costs by its width, columns, tables and transaction; only if it is named
              shards    4 shards and 256 of one process: rows a second, memory and CPU of each stream; only if it is named
              dynamodb  a table of a DynamoDB Local: its scan, beside the SDK's; into MySQL; an idle stream; only if it is named
              --rows    rows of both tables together
              --rounds  how often each is measured, in turn; the first round counts like any other
              --only    only contestants with one of these in their names, such as tributary,tuned
              --transactions  only changes in transactions of so many rows, such as 1,10
              --json    writes every figure of every round there
              --plots   writes the plots of limits into this directory, as SVG
              --mysqld  a newer MySQL server for the targets, by its program's path
              --mysqld-flag  a flag of the targets' servers, such as --skip-log-bin; may be repeated
              --set     a setting of the application, such as TRIBUTARY_COPY_PARTS=8; may be repeated
              --profile records the application's JVMs into target/bench, and prints the hottest frames and allocation sites
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
        List<Integer> transactions = List.of();
        Path json = null;
        Path plots = null;
        String mysqld = "";
        List<String> flags = new ArrayList<>();
        Map<String, String> own = new TreeMap<>();
        boolean profile = false;
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (!argument.startsWith("-")) {
                parts.add(part(argument));
                continue;
            }
            if (argument.equals("--profile")) {
                profile = true;
                continue;
            }
            int equals = argument.indexOf('=');
            String flag = equals < 0 ? argument : argument.substring(0, equals);
            if (!List.of(
                            "--rows",
                            "--rounds",
                            "--only",
                            "--transactions",
                            "--json",
                            "--mysqld",
                            "--plots",
                            "--mysqld-flag",
                            "--set")
                    .contains(flag)) {
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
                case "--transactions" ->
                    transactions = Arrays.stream(value.split(",", -1))
                            .map(BenchSettings::transaction)
                            .toList();
                case "--plots" -> plots = Path.of(value).toAbsolutePath();
                case "--mysqld" -> mysqld = value;
                case "--mysqld-flag" -> flags.add(value);
                case "--set" -> set(own, value);
                default -> json = Path.of(value).toAbsolutePath();
            }
        }
        return new BenchSettings(
                parts.isEmpty()
                        ? EnumSet.complementOf(EnumSet.of(Part.MICRO, Part.LIMITS, Part.SHARDS, Part.DYNAMODB))
                        : parts,
                rows,
                rounds,
                only,
                transactions,
                json,
                plots,
                mysqld,
                List.copyOf(flags),
                Map.copyOf(own),
                profile);
    }

    private static void set(Map<String, String> own, String setting) {
        if (!setting.matches("TRIBUTARY_[A-Z_]+=.*")) {
            throw new IllegalArgumentException("--set: TRIBUTARY_…=value is expected, not '" + setting + "'");
        }
        int equals = setting.indexOf('=');
        own.put(setting.substring(0, equals), setting.substring(equals + 1));
    }

    boolean includes(String contestant) {
        return Arrays.stream(only.split(",", -1)).anyMatch(contestant::contains);
    }

    boolean includes(Changes changes) {
        return transactions.isEmpty() || transactions.contains(changes.rows());
    }

    private static Part part(String word) {
        return Arrays.stream(Part.values())
                .filter(part -> part.word().equals(word))
                .findAny()
                .orElseThrow(() -> new IllegalArgumentException("unknown part '" + word + "'; there are "
                        + Arrays.stream(Part.values()).map(Part::word).collect(Collectors.joining(", "))));
    }

    private static int transaction(String rows) {
        return Changes.ALL.stream()
                .map(Changes::rows)
                .filter(size -> rows.equals(Integer.toString(size)))
                .findAny()
                .orElseThrow(() -> new IllegalArgumentException(
                        "--transactions: 1, 10 or 1000, with commas between them, not '" + rows + "'"));
    }

    private static int number(String flag, String text, int min, int max) {
        String digits = text.replace("_", "").replace(",", "");
        if (!digits.matches("[0-9]{1,9}") || Integer.parseInt(digits) < min || Integer.parseInt(digits) > max) {
            throw new IllegalArgumentException(flag + ": a number from " + min + " to " + max + ", not '" + text + "'");
        }
        return Integer.parseInt(digits);
    }
}
