package dev.tributary.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CancellationException;

/**
 * A throw-away directory that is deleted when it is closed, and also when this JVM ends in any way: a shell waits for
 * the end of a pipe that only this JVM holds, and deletes then.
 */
final class WorkDirectory implements AutoCloseable {
    private static final String DELETE_AFTER_INPUT = """
            trap '' HUP INT TERM
            read -r asked
            attempt=0
            until rm -rf "$1" && [ ! -e "$1" ]; do
              attempt=$((attempt + 1))
              [ $attempt -lt 100 ] || exit 1
              sleep 0.1
            done
            # Not asked, so the JVM was killed: a server that is dying as well may make a last file.
            [ -n "$asked" ] || { sleep 1; rm -rf "$1"; }
            """;

    private final Path path;
    private final Process deleter;

    private WorkDirectory(Path path, Process deleter) {
        this.path = path;
        this.deleter = deleter;
    }

    static WorkDirectory create(String prefix) {
        try {
            Path path = Files.createTempDirectory("tributary-" + prefix + "-");
            // Vitess's programs run as another user where this JVM is root's.
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
            Process deleter = new ProcessBuilder("setsid", "sh", "-c", DELETE_AFTER_INPUT, "sh", path.toString())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return new WorkDirectory(path, deleter);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path path() {
        return path;
    }

    /** A new directory in this one that every user may write to. */
    Path subdirectory(String name) {
        try {
            Path directory = Files.createDirectory(path.resolve(name));
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes the directory. What runs in it must have ended. */
    @Override
    public void close() {
        try (var pipe = deleter.getOutputStream()) {
            pipe.write("asked\n".getBytes(StandardCharsets.US_ASCII));
            pipe.flush();
            deleter.waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while deleting " + path);
        }
    }
}
