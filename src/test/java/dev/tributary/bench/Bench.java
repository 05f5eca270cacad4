package dev.tributary.bench;

import java.net.URISyntaxException;
import java.nio.file.Path;
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
        Results results = new Results();
        Jvm jvm = new Jvm(project());
        if (settings.parts().contains(Part.WRITER)) {
            WriterPart.run(settings, jvm, results);
        }
        if (!settings.parts().equals(EnumSet.of(Part.WRITER))) {
            EndToEnd.run(settings, jvm, results);
        }
        System.out.print(Report.of(results));
        System.exit(0);
    }

    /** The directory of the build that these classes are from. */
    private static Path project() throws URISyntaxException {
        Path classes = Path.of(
                Bench.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        return classes.resolve("../..").toAbsolutePath().normalize();
    }
}
