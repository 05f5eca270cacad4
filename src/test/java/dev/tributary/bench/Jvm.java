package dev.tributary.bench;

import dev.tributary.TributaryProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How contestants' JVMs are started: all by this Java, with its default heap and collector.
 *
 * @param project the project's directory, where everything is built
 */
record Jvm(Path project) {
    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** The packaged application, with the launcher's flags. */
    List<String> application(String... arguments) {
        List<String> command = TributaryProcess.javaCommand();
        command.addAll(List.of(
                "-jar", project.resolve("target/quarkus-app/quarkus-run.jar").toString()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** A program of the benchmark beside the application's classes. */
    List<String> own(Class<?> program, String... arguments) {
        List<String> command = TributaryProcess.javaCommand();
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
        command.addAll(List.of(arguments));
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
