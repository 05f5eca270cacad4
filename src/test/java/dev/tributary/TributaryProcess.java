package dev.tributary;

import dev.tributary.servers.Await;
import dev.tributary.servers.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The packaged application as a process of its own, as {@code ./tributary} starts it. It does not see the settings of the
 * tests' own environment, and it does not outlive the tests.
 */
public final class TributaryProcess implements AutoCloseable {
    /** Property of the tests' JVM: an agent, as {@code -javaagent} takes it, that every process is started with. */
    public static final String AGENT = "tributary.agent";

    private static final Path JAR =
            Path.of(System.getProperty("basedir", ""), "target", "quarkus-app", "quarkus-run.jar");
    private static final Duration EXIT_LIMIT = Duration.ofSeconds(60);

    private final Process process;
    private final Path out;
    private final Path err;

    private TributaryProcess(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /** What a process is started with. */
    public static final class Start {
        private final List<String> arguments;
        private final Map<String, String> environment = new TreeMap<>();
        private final List<String> javaOptions = new ArrayList<>();
        private boolean onTerminal;

        private Start(List<String> arguments) {
            this.arguments = arguments;
        }

        /** An environment variable. */
        public Start with(String variable, String value) {
            environment.put(variable, value);
            return this;
        }

        /** Flags of the JVM, such as {@code -Xmx128m}. */
        public Start java(String... options) {
            javaOptions.addAll(List.of(options));
            return this;
        }

        /** On a terminal of its own; what it shows there is its stdout. Signals don't reach it. */
        public Start onTerminal() {
            onTerminal = true;
            return this;
        }

        /** Starts it and does not wait for it. */
        public TributaryProcess start() {
            if (!Files.exists(JAR)) {
                throw new IllegalStateException(JAR + " is missing: package the application first");
            }
            List<String> command = javaCommand();
            // starts cost less, on few cores, and a peak of speed is not asked for
            command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
            String agent = System.getProperty(AGENT);
            if (agent != null) {
                command.add("-javaagent:" + agent);
            }
            command.addAll(javaOptions);
            command.addAll(List.of("-jar", JAR.toString()));
            command.addAll(arguments);
            if (onTerminal) {
                command = List.of("script", "-qefc", "'" + String.join("' '", command) + "'", "/dev/null");
            }
            try {
                Path out = Files.createTempFile("tributary-", ".out");
                Path err = Files.createTempFile("tributary-", ".err");
                out.toFile().deleteOnExit();
                err.toFile().deleteOnExit();
                ProcessBuilder builder = new ProcessBuilder(ServerProcess.guarded("tributary", command))
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile());
                builder.environment()
                        .keySet()
                        .removeIf(name -> name.startsWith("TRIBUTARY_") || name.startsWith("QUARKUS_"));
                builder.environment().putAll(environment);
                return new TributaryProcess(builder.start(), out, err);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Starts it and waits until it has ended. */
        public TributaryProcess end() {
            TributaryProcess process = start();
            process.exitCode();
            return process;
        }
    }

    /** This JVM's program, with the flags that {@code ./tributary} gives it. */
    public static List<String> javaCommand() {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--enable-native-access=ALL-UNNAMED"));
        if (Runtime.version().feature() >= 24) {
            command.add("--sun-misc-unsafe-memory-access=allow");
        }
        if (Runtime.version().feature() >= 25) {
            command.add("-XX:+UseCompactObjectHeaders");
        }
        return command;
    }

    /** A start with a verb and its flags. */
    public static Start of(String... arguments) {
        return new Start(Arrays.asList(arguments));
    }

    /** Waits until a line of its stderr contains this text. */
    public TributaryProcess awaitLine(String text, Duration limit) {
        return await(text, limit, this::errors);
    }

    /** Waits until a line of its stdout contains this text. */
    public TributaryProcess awaitOutput(String text, Duration limit) {
        return await(text, limit, this::output);
    }

    private TributaryProcess await(String text, Duration limit, Supplier<List<String>> lines) {
        Await.until(
                "a line with '" + text + "'",
                limit,
                () -> {
                    boolean alive = process.isAlive();
                    if (lines.get().stream().anyMatch(line -> line.contains(text))) {
                        return true;
                    }
                    if (!alive) {
                        throw new AssertionError("ended with " + process.exitValue() + " before a line with '" + text
                                + "':\n" + String.join("\n", lines.get()));
                    }
                    return false;
                },
                () -> String.join("\n", lines.get()));
        return this;
    }

    /** Waits until it has ended. */
    public int exitCode() {
        return exitCode(EXIT_LIMIT);
    }

    /** Waits until it has ended, but not longer than this. */
    public int exitCode(Duration limit) {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError(
                        "has not ended within " + limit.toSeconds() + " s:\n" + String.join("\n", errors()));
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while waiting for the end");
        }
    }

    /** Asks it to end: SIGTERM. */
    public TributaryProcess terminate() {
        // Process.destroy would also close the pipe that the guard waits on
        return signal("TERM");
    }

    /** Sends a signal by its name, such as {@code INT} or {@code STOP}. */
    public TributaryProcess signal(String name) {
        try {
            int code = new ProcessBuilder("sh", "-c", "kill -" + name + " " + process.pid())
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new IllegalStateException("kill -" + name + " failed with " + code);
            }
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while sending a signal");
        }
    }

    /** Ends it as a power cut would, SIGKILL, and waits until it is gone. */
    public void kill() {
        process.destroyForcibly();
        exitCode();
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** The lines of its stdout so far. */
    public List<String> output() {
        return lines(out);
    }

    /** The lines of its stderr so far. */
    public List<String> errors() {
        return lines(err);
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kills it if it runs. */
    @Override
    public void close() {
        kill();
        try {
            Files.deleteIfExists(out);
            Files.deleteIfExists(err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
