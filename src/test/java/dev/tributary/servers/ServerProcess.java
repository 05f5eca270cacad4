package dev.tributary.servers;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One server that can be killed, started again, and held still. It does not outlive this JVM: a shell beside it waits
 * for the end of a pipe that only this JVM holds, and kills it then.
 */
public final class ServerProcess implements AutoCloseable {
    private static final Duration READY_LIMIT = Duration.ofSeconds(90);
    private static final int TAIL_BYTES = 4_000;

    /**
     * The shell becomes the server, so that the JVM's process is the server; its child is the guard. The guard kills
     * only its own parent: a server that has ended has left it to another, and its number may be taken anew.
     */
    private static final String GUARDED = """
            exec 3<&0 0</dev/null
            (
              exec >/dev/null 2>&1
              trap '' HUP INT TERM
              read -r _ <&3
              read -r _ _ _ parent _ </proc/self/stat
              [ "$parent" = "$$" ] && kill -KILL "$$"
            ) &
            exec 3<&-
            exec "$@"
            """;

    private final String name;
    private final Path directory;
    private final List<String> command;
    private final Map<String, String> environment;
    private final Await.Condition ready;
    private final Path log;
    private @Nullable Process process;

    /**
     * @param directory where it works; its log goes beside it
     * @param ready tells whether it serves
     */
    ServerProcess(
            String name, Path directory, List<String> command, Map<String, String> environment, Await.Condition ready) {
        this.name = name;
        this.directory = directory;
        this.command = List.copyOf(command);
        this.environment = Map.copyOf(environment);
        this.ready = ready;
        this.log = directory.resolveSibling(name + ".log");
    }

    /** A command that becomes {@code command} and does not outlive this JVM; its standard input must stay a pipe. */
    public static List<String> guarded(String name, List<String> command) {
        List<String> guarded = new ArrayList<>(List.of("setsid", "sh", "-c", GUARDED, name));
        guarded.addAll(command);
        return guarded;
    }

    /** Starts it and does not wait for it. */
    synchronized ServerProcess launch() {
        if (isAlive()) {
            throw new IllegalStateException(name + " runs already");
        }
        ProcessBuilder builder = new ProcessBuilder(guarded(name, command))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException("can't start " + name, e);
        }
        return this;
    }

    /** Waits until it serves; an end before that is an error at once. */
    ServerProcess awaitReady() {
        Await.until(name + " serves", READY_LIMIT, () -> !isAlive() || ready.holds(), this::logTail);
        if (!isAlive()) {
            throw new IllegalStateException(name + " ended before it served:\n" + logTail());
        }
        return this;
    }

    /** Ends it as a power cut would: SIGKILL. Returns when it is gone. */
    public synchronized void kill() {
        if (process == null) {
            return;
        }
        process.destroyForcibly();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException(name + " does not die");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Has it end in good order: SIGTERM. Returns when it is gone. */
    public synchronized void terminate() {
        Process running = process;
        if (running == null) {
            return;
        }
        signal("TERM");
        try {
            if (!running.waitFor(60, TimeUnit.SECONDS)) {
                throw new IllegalStateException(name + " does not end:\n" + logTail());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Kills it if it runs, starts it on the same port and data, and waits until it serves. */
    public void restart() {
        kill();
        launch();
        awaitReady();
    }

    /** Holds it still without ending its connections: SIGSTOP. */
    public void freeze() {
        signal("STOP");
    }

    /** Lets it go on: SIGCONT. */
    public void thaw() {
        signal("CONT");
    }

    public synchronized boolean isAlive() {
        return process != null && process.isAlive();
    }

    /** The number of the process that was started last. */
    public synchronized long pid() {
        if (process == null) {
            throw new IllegalStateException(name + " was never started");
        }
        return process.pid();
    }

    /** The end of what it has written to its log. */
    public String logTail() {
        if (!Files.exists(log)) {
            return "(" + name + " has no log)";
        }
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            file.seek(Math.max(0, file.length() - TAIL_BYTES));
            byte[] tail = new byte[(int) (file.length() - file.getFilePointer())];
            file.readFully(tail);
            return "…" + name + ": " + new String(tail, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "(the log of " + name + " can't be read: " + e + ")";
        }
    }

    @Override
    public void close() {
        kill();
    }

    private void signal(String signal) {
        Commands.require(List.of("sh", "-c", "kill -" + signal + " " + pid()));
    }

    @Override
    public String toString() {
        return name;
    }
}
