package dev.tributary.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@NeedsVitess
class KilledJvmTest {

    @Test
    void leavesNoProcessAndNoFileBehind(@TempDir Path temporary) throws Exception {
        // Where this JVM is root's, Vitess's programs run as another user and have to get there.
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path errors = temporary.resolve("errors.txt");
        Process jvm = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djava.io.tmpdir=" + temporary,
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Playground.class.getName())
                .redirectError(errors.toFile())
                .start();
        try (BufferedReader output = jvm.inputReader(StandardCharsets.UTF_8)) {
            String last = output.lines()
                    .filter(line -> line.startsWith("STARTED_IN"))
                    .findFirst()
                    .orElse("");
            assertThat(last)
                    .as(() -> "what it printed on stderr: " + content(errors))
                    .startsWith("STARTED_IN");
            List<ProcessHandle> servers = jvm.descendants().toList();
            String commands = servers.stream()
                    .map(server -> server.info().command().orElse(""))
                    .collect(Collectors.joining(File.pathSeparator));
            assertThat(commands).contains("/mysqld", "/vttablet", "/vtgate", "/vtctld", "/server");

            jvm.destroyForcibly().waitFor();

            Await.until(
                    "all servers are gone",
                    Duration.ofSeconds(30),
                    () -> servers.stream().noneMatch(ProcessHandle::isAlive),
                    () -> servers.stream()
                            .filter(ProcessHandle::isAlive)
                            .toList()
                            .toString());
            Await.until(
                    "their files are gone",
                    Duration.ofSeconds(30),
                    () -> filesIn(temporary).isEmpty(),
                    () -> filesIn(temporary).toString());
        } finally {
            jvm.destroyForcibly();
        }
    }

    private static String content(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> filesIn(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().startsWith("tributary-"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
