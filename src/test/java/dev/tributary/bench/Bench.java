package dev.tributary.bench;

import dev.tributary.servers.MySqlServer;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;

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
        Machine machine = machine();
        Results.progress(machine.line());
        Results results = new Results();
        Jvm jvm = new Jvm(project());
        if (settings.parts().contains(Part.WRITER)) {
            WriterPart.run(settings, jvm, results);
        }
        if (!settings.parts().equals(EnumSet.of(Part.WRITER))) {
            EndToEnd.run(settings, jvm, results);
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
        System.exit(results.failures().isEmpty() ? 0 : 1);
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
