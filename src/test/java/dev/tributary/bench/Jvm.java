package dev.tributary.bench;

import dev.tributary.TributaryProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How contestants' JVMs are started: all by this Java, with its default heap; the application with the launcher's flags.
 *
 * @param project the project's directory, where everything is built
 * @param recordings the directory that the application's JVMs record themselves into, or null if they don't
 * @param settings further settings of the application, by environment variable
 */
record Jvm(Path project, @Nullable Path recordings, Map<String, String> settings) {
    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** The packaged application, with the launcher's flags. */
    List<String> application(String... arguments) {
        List<String> command = ownCommand();
        command.addAll(List.of("@" + project.resolve("target/start.args"), "dev.tributary.Main"));
        command.addAll(List.of(arguments));
        return command;
    }

    /** A program of the benchmark beside the application's classes. */
    List<String> own(Class<?> program, String... arguments) {
        List<String> command = ownCommand();
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    private List<String> ownCommand() {
        List<String> command = TributaryProcess.javaCommand();
        String own = Objects.requireNonNullElse(System.getenv("TRIBUTARY_JAVA_OPTS"), "");
        if (!own.contains("GC")) {
            command.add("-XX:+UseSerialGC");
            if (!own.contains("-Xmx") && !own.contains("MaxRAM")) {
                command.addAll(List.of("-Xmn88m", "-XX:SurvivorRatio=2"));
            }
        }
        command.addAll(Arrays.stream(own.split(" ", -1))
                .filter(flag -> !flag.isEmpty())
                .toList());
        if (recordings != null) {
            command.addAll(Profile.flags(recordings));
        }
        return command;
    }

    /** A program of bench/, whose class path has no class of the application. */
    List<String> peer(String program, String... arguments) {
        Path built = project.resolve("bench/target");
        try {
            String jars = Files.readString(built.resolve("classpath")).strip();
            List<String> command = new ArrayList<>(List.of(
                    java(),
                    // what a date is in must not depend on the machine
                    "-Duser.timezone=UTC",
                    "-cp",
                    built.resolve("classes") + ":" + jars,
                    "dev.tributary.bench.peers." + program));
            command.addAll(List.of(arguments));
            return command;
        } catch (IOException e) {
            throw new UncheckedIOException("bench/ is not built", e);
        }
    }
}
