package dev.tributary.checkpoint;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/**
 * The name of a process: {@code host:pid:space}. The last tells where the pid means something, a boot of a kernel and one of its
 * pid namespaces: there, and nowhere else, it is known at once that a process has ended. A container's host is its pod. To be
 * made where the process runs, not where its native image is built.
 */
public final class ProcessName {
    private static final long FIRST_PID = 1;

    private final String space = space();

    /** This process, as operators know it and no other that runs. */
    public String text() {
        return host() + ":" + ProcessHandle.current().pid() + ":" + space;
    }

    /** Whether the process that had this name is known to run no more; if not, nothing is known. */
    public boolean isOver(String name) {
        String[] parts = name.split(":", -1);
        if (parts.length < 3 || !parts[parts.length - 1].equals(space) || !seesOthers()) {
            return false;
        }
        try {
            return ProcessHandle.of(Long.parseLong(parts[parts.length - 2])).isEmpty();
        } catch (NumberFormatException e) {
            return false;
        }
    }

    /** A system may hide the processes of other users, as if there were none. */
    private static boolean seesOthers() {
        return ProcessHandle.of(FIRST_PID).isPresent();
    }

    private static String host() {
        return Optional.ofNullable(System.getenv("HOSTNAME"))
                .or(() -> read("/proc/sys/kernel/hostname"))
                .map(name -> name.replace(':', '-'))
                .orElse("process");
    }

    private static String space() {
        String boot = read("/proc/sys/kernel/random/boot_id").orElse("");
        String namespace = "";
        try {
            namespace = Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
        } catch (IOException | UnsupportedOperationException | SecurityException e) {
            // told below
        }
        return boot.isEmpty() || namespace.isEmpty()
                ? shortened(UUID.randomUUID()) // nobody's but ours
                : shortened(UUID.nameUUIDFromBytes((boot + namespace).getBytes(StandardCharsets.UTF_8)));
    }

    private static String shortened(UUID id) {
        return id.toString().substring(0, 8);
    }

    private static Optional<String> read(String file) {
        try {
            return Optional.of(Files.readString(Path.of(file)).strip()).filter(text -> !text.isEmpty());
        } catch (IOException | SecurityException e) {
            return Optional.empty();
        }
    }
}
