package dev.tributary.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Runs short-lived programs of the machine to their end. */
final class Commands {
    private Commands() {}

    /** What a program printed, on both streams, and how it ended. */
    record Result(int exitCode, String output) {
        boolean succeeded() {
            return exitCode == 0;
        }
    }

    static Result run(List<String> command) {
        return run(new ProcessBuilder(command));
    }

    static Result run(ProcessBuilder builder) {
        return run(builder, Path.of("/dev/null"));
    }

    static Result run(ProcessBuilder builder, Path input) {
        try {
            Process process = builder.redirectErrorStream(true)
                    .redirectInput(input.toFile())
                    .start();
            String output;
            try (var stream = process.getInputStream()) {
                output = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            }
            return new Result(process.waitFor(), output);
        } catch (IOException e) {
            throw new UncheckedIOException("can't run " + builder.command(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while running " + builder.command());
        }
    }

    /** Runs a program that must succeed, and returns what it printed. */
    static String require(List<String> command) {
        Result result = run(command);
        if (!result.succeeded()) {
            throw new IllegalStateException(
                    String.join(" ", command) + " ended with " + result.exitCode() + ":\n" + result.output());
        }
        return result.output();
    }

    static boolean onPath(String program) {
        return find(program, List.of()).isPresent();
    }

    /** Where a program lies: on the path or in one of {@code more}. */
    static Optional<String> find(String program, List<Path> more) {
        String path = System.getenv("PATH");
        Stream<Path> onPath = path == null
                ? Stream.of()
                : Pattern.compile(":").splitAsStream(path).map(Path::of);
        return Stream.concat(onPath, more.stream())
                .map(directory -> directory.resolve(program))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }

    /** Whether this JVM runs as root: what it starts then has to say which user it wants to be. */
    static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }
}
