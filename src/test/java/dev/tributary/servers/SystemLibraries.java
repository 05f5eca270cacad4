package dev.tributary.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The shared libraries that the packed mysqld expects from the system. Missing ones are installed where that is possible
 * without asking anyone: as root, with apt-get.
 */
final class SystemLibraries {
    private static final Pattern MISSING = Pattern.compile("^\\s*(\\S+) => not found", Pattern.MULTILINE);

    private SystemLibraries() {}

    /** A library file, the packages that may hold it, and its other name after Debian's change to 64-bit time. */
    private enum Library {
        AIO("libaio.so.1", "libaio1", "libaio1t64"),
        NUMA("libnuma.so.1", "libnuma1");

        private final String file;
        private final List<String> packages;

        Library(String file, String... packages) {
            this.file = file;
            this.packages = List.of(packages);
        }
    }

    /** Sees to it that {@code program} finds all its libraries, or throws with one line that says what to install. */
    static void provideFor(Path program) {
        if (missing(program).isEmpty()) {
            return;
        }
        CacheDirectory.locked("system-libraries", () -> {
            linkRenamed(program);
            List<String> missing = missing(program);
            if (!missing.isEmpty() && Commands.isRoot() && Commands.onPath("apt-get")) {
                install(missing);
                linkRenamed(program);
                missing = missing(program);
            }
            if (!missing.isEmpty()) {
                throw new IllegalStateException("mysqld needs " + String.join(", ", missing)
                        + " from the system: apt-get install libaio1 libnuma1 (or libaio1t64, where it is so named)");
            }
        });
    }

    private static List<String> missing(Path program) {
        Matcher matcher =
                MISSING.matcher(Commands.run(List.of("ldd", program.toString())).output());
        List<String> files = new ArrayList<>();
        while (matcher.find()) {
            files.add(matcher.group(1));
        }
        return files;
    }

    private static void install(List<String> files) {
        boolean updated = false;
        for (Library library : Library.values()) {
            if (!files.contains(library.file) || installAny(library.packages)) {
                continue;
            }
            if (!updated) {
                Commands.run(List.of("apt-get", "update", "-qq"));
                updated = true;
            }
            installAny(library.packages);
        }
    }

    private static boolean installAny(List<String> packages) {
        return packages.stream()
                .anyMatch(name -> Commands.run(List.of(
                                "env",
                                "DEBIAN_FRONTEND=noninteractive",
                                "apt-get",
                                "install",
                                "-y",
                                "-qq",
                                "--no-install-recommends",
                                "-o",
                                "DPkg::Lock::Timeout=120",
                                name))
                        .succeeded());
    }

    /** Debian 13 names the file libaio.so.1t64: mysqld also looks for its libraries where it lies itself. */
    private static void linkRenamed(Path program) throws IOException {
        Path renamed = Path.of("/usr/lib/x86_64-linux-gnu/libaio.so.1t64");
        Path link = program.resolveSibling(Library.AIO.file);
        if (missing(program).contains(Library.AIO.file) && Files.exists(renamed) && !Files.exists(link)) {
            Files.createSymbolicLink(link, renamed);
        }
    }
}
