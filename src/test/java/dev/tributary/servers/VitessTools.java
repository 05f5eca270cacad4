package dev.tributary.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Vitess's programs and etcd, built from the versions that {@code src/test/vitess/go.sum} pins, once for this machine:
 * with Go, else in a container.
 */
public record VitessTools(Path directory) {
    private static final List<String> PROGRAMS = List.of("server", "vtctld", "vtctldclient", "vtgate", "vttablet");
    private static final String INSTALL = "Vitess's programs can't be built: install Go 1.26 or newer"
            + " (1.21 will do where it may load a newer toolchain), or start a Docker engine";

    /** The programs, built now where they are not in the cache yet: that takes some minutes. */
    public static VitessTools find() {
        return new VitessTools(CacheDirectory.entry(entry(), VitessTools::build));
    }

    /** What to install where the programs are neither in the cache nor can be built; one line. */
    public static Optional<String> unavailableReason() {
        if (CacheDirectory.holds(entry()) || go().isPresent() || GoContainer.isAvailable()) {
            return Optional.empty();
        }
        return Optional.of(INSTALL);
    }

    /** How a program of Vitess is run: they refuse to be root. */
    List<String> command(String program, List<String> arguments) {
        List<String> command = new ArrayList<>();
        if (Commands.isRoot()) {
            command.addAll(List.of("setpriv", "--reuid=65534", "--clear-groups"));
        }
        command.add(directory.resolve(program).toString());
        command.addAll(arguments);
        return command;
    }

    private static void build(Path directory) {
        System.err.println("building Vitess's programs for the tests, once: some minutes");
        Optional<String> go = go();
        if (go.isPresent()) {
            build(go.get(), directory);
        } else if (GoContainer.isAvailable()) {
            GoContainer.build(sources(), PROGRAMS, directory);
        } else {
            throw new IllegalStateException(INSTALL);
        }
    }

    private static void build(String go, Path directory) {
        ProcessBuilder builder = new ProcessBuilder(go, "build", "-ldflags", "-s -w", "-o", directory + "/", "tool")
                .directory(sources().toFile());
        builder.environment().put("CGO_ENABLED", "0");
        Commands.Result result = Commands.run(builder);
        if (!result.succeeded()) {
            throw new IllegalStateException("go build ended with " + result.exitCode() + ":\n" + result.output());
        }
    }

    /** A Go that is, or can load, the one that go.mod asks for. */
    private static Optional<String> go() {
        return Commands.find("go", List.of(Path.of("/usr/local/go/bin")))
                .filter(go -> Commands.run(new ProcessBuilder(go, "list", "-m")
                                .directory(sources().toFile()))
                        .succeeded());
    }

    private static Path sources() {
        String base = System.getProperty("basedir", System.getProperty("user.dir"));
        return Path.of(base, "src", "test", "vitess");
    }

    private static String entry() {
        try {
            byte[] sum = Files.readAllBytes(sources().resolve("go.sum"));
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(sum);
            return "vitess-" + HexFormat.of().formatHex(digest, 0, 8);
        } catch (IOException e) {
            throw new UncheckedIOException("no src/test/vitess/go.sum: run in the project or set basedir", e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
