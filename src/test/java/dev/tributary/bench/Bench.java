package dev.tributary.bench;

import dev.tributary.servers.MySqlServer;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** Measures what the command line asks for, and prints it: progress on stderr, the tables on stdout. */
public final class Bench {
    private Bench() {}

    public static void main(String[] arguments) throws Exception {
        if (List.of(arguments).contains("--help") || List.of(arguments).contains("-h")) {
            System.out.print(BenchSettings.USAGE);
            return;
        }
        BenchSettings settings;
        try {
            settings = BenchSettings.parse(List.of(arguments));
        } catch (IllegalArgumentException e) {
            System.err.println("tributary: bench: " + e.getMessage());
            System.err.print(BenchSettings.USAGE);
            System.exit(2);
            return;
        }
        System.setProperty("mysqld", settings.mysqld());
        Machine machine = machine();
        Results.progress(machine.line());
        Path recordings = settings.profile() ? Files.createDirectories(project().resolve("target/bench")) : null;
        Results results = new Results(recordings);
        Jvm jvm = new Jvm(project(), recordings, settings.own());
        if (settings.parts().contains(Part.WRITER)) {
            attempt(Part.WRITER.word(), results, () -> WriterPart.run(settings, jvm, results));
        }
        if (!Collections.disjoint(settings.parts(), Part.END_TO_END)) {
            attempt("end to end", results, () -> EndToEnd.run(settings, jvm, results));
        }
        if (settings.parts().contains(Part.MICRO)) {
            attempt(Part.MICRO.word(), results, () -> MicroPart.run(settings, results));
        }
        if (settings.parts().contains(Part.LIMITS)) {
            attempt(Part.LIMITS.word(), results, () -> LimitsPart.run(settings, jvm, results));
        }
        if (settings.parts().contains(Part.SHARDS)) {
            attempt(Part.SHARDS.word(), results, () -> ShardsPart.run(settings, jvm, results));
        }
        if (settings.parts().contains(Part.DYNAMODB)) {
            attempt(Part.DYNAMODB.word(), results, () -> DynamoDbPart.run(settings, jvm, results));
        }
        List<Targets.Verdict> verdicts = Targets.of(results);
        System.out.printf(
                "%s%n%d rows, %d rounds; every round counts, the first too%n%n",
                machine.line(), settings.rows(), settings.rounds());
        System.out.print(Report.of(results));
        System.out.print(Targets.table(verdicts));
        if (settings.json() != null) {
            Json.write(settings.json(), settings, machine, results, verdicts);
        }
        if (settings.plots() != null) {
            Plots.write(settings.plots(), results);
        }
        System.exit(results.failures().isEmpty() ? 0 : 1);
    }

    private interface Measuring {
        void run() throws SQLException;
    }

    /** What was measured is printed, whatever becomes of the rest. */
    private static void attempt(String part, Results results, Measuring measuring) {
        try {
            measuring.run();
        } catch (SQLException | RuntimeException e) {
            e.printStackTrace();
            results.add(new Result(part, "all that was to come", 1, Map.of(), String.valueOf(e)));
        }
    }

    private static Machine machine() throws IOException, SQLException {
        try (MySqlServer server = MySqlServer.start()) {
            return Machine.describe(
                    String.valueOf(server.query("SELECT VERSION()").getFirst().getFirst()));
        }
    }

    /** The directory of the build that these classes are from. */
    private static Path project() throws URISyntaxException {
        Path classes = Path.of(
                Bench.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        return classes.resolve("../..").toAbsolutePath().normalize();
    }
}
