package dev.tributary.servers;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Makes a process take the time for another one: a wall clock that is ahead or behind, by libfaketime. */
public final class SkewedClock {
    private static final Path LIBRARY = Path.of(
                    "/usr/lib/" + System.getProperty("os.arch").replace("amd64", "x86_64") + "-linux-gnu")
            .resolve("faketime/libfaketimeMT.so.1");

    private SkewedClock() {}

    /**
     * The environment of such a process.
     *
     * @param offset such as {@code +1h}
     */
    public static Map<String, String> of(String offset) {
        CacheDirectory.locked("system-libraries", () -> {
            if (!Files.exists(LIBRARY)
                    && !(Commands.isRoot()
                            && Commands.onPath("apt-get")
                            && SystemLibraries.install(List.of("libfaketime")))) {
                throw new IllegalStateException("a skewed clock needs " + LIBRARY + ": apt-get install libfaketime");
            }
        });
        return Map.of(
                "LD_PRELOAD",
                LIBRARY.toString(),
                "FAKETIME",
                offset,
                // what is measured by the monotonic clock is as long as ever
                "FAKETIME_DONT_FAKE_MONOTONIC",
                "1",
                "DONT_FAKE_MONOTONIC",
                "1");
    }
}
