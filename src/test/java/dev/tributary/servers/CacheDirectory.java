package dev.tributary.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is slow to make and never changes is kept outside the project: {@code $TRIBUTARY_CACHE}, else
 * {@code $XDG_CACHE_HOME/tributary}, else {@code ~/.cache/tributary}. An entry is a directory that appears whole, by a
 * rename, and is made by one JVM at a time.
 */
final class CacheDirectory {
    private static final Object ONE_THREAD_OF_THIS_JVM = new Object();

    private CacheDirectory() {}

    /** Fills a new, empty directory. */
    @FunctionalInterface
    interface Filler {
        void fill(Path directory) throws IOException;
    }

    static Path root() {
        String own = environment("TRIBUTARY_CACHE");
        if (own != null) {
            return Path.of(own);
        }
        String xdg = environment("XDG_CACHE_HOME");
        Path caches = xdg != null ? Path.of(xdg) : Path.of(System.getProperty("user.home"), ".cache");
        return caches.resolve("tributary");
    }

    static boolean holds(String name) {
        return Files.isDirectory(root().resolve(name));
    }

    /** The entry of this name, made by {@code filler} where there is none yet. */
    static Path entry(String name, Filler filler) {
        Path entry = root().resolve(name);
        if (Files.isDirectory(entry)) {
            return entry;
        }
        locked(name, () -> {
            if (!Files.isDirectory(entry)) {
                Path unfinished = Files.createTempDirectory(root(), ".unfinished-");
                try {
                    filler.fill(unfinished);
                    Files.move(unfinished, entry, StandardCopyOption.ATOMIC_MOVE);
                } finally {
                    Commands.run(List.of("rm", "-rf", unfinished.toString()));
                }
            }
        });
        return entry;
    }

    /** An action that may fail on files. */
    @FunctionalInterface
    interface Action {
        void run() throws IOException;
    }

    /** Runs {@code action} while no other thread or JVM of this machine does so under the same name. */
    static void locked(String name, Action action) {
        synchronized (ONE_THREAD_OF_THIS_JVM) {
            try {
                Files.createDirectories(root());
                try (FileChannel file = FileChannel.open(
                                root().resolve(name + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                        FileLock lock = file.lock()) {
                    assert lock.isValid();
                    action.run();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static @Nullable String environment(String name) {
        String value = System.getenv(name);
        return value == null || value.isBlank() ? null : value;
    }
}
