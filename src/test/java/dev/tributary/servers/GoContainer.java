package dev.tributary.servers;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.startupcheck.OneShotStartupCheckStrategy;
import org.testcontainers.utility.MountableFile;

/**
 * Builds Vitess's programs in a container, for a machine with a Docker engine and no Go. They are static, so they run
 * outside it as those of a Go on the machine do. Not exercised where the project was made: no engine there.
 */
final class GoContainer {
    private static final String IMAGE = "golang:1.26";
    private static final String SOURCES = "/tools/";
    private static final String OUTPUT = "/built/";
    private static final Duration LIMIT = Duration.ofMinutes(30);

    private GoContainer() {}

    static boolean isAvailable() {
        return DockerClientFactory.instance().isDockerAvailable();
    }

    static void build(Path sources, List<String> programs, Path directory) {
        try (GenericContainer<?> go = new GenericContainer<>(IMAGE)) {
            for (String file : List.of("go.mod", "go.sum")) {
                go.withCopyFileToContainer(MountableFile.forHostPath(sources.resolve(file)), SOURCES + file);
            }
            go.withWorkingDirectory(SOURCES)
                    .withEnv("CGO_ENABLED", "0")
                    .withCommand("go", "build", "-ldflags", "-s -w", "-o", OUTPUT, "tool")
                    .withStartupCheckStrategy(new OneShotStartupCheckStrategy().withTimeout(LIMIT))
                    .start();
            for (String program : programs) {
                Path file = directory.resolve(program);
                go.copyFileFromContainer(OUTPUT + program, file.toString());
                if (!Files.isExecutable(file) && !file.toFile().setExecutable(true, false)) {
                    throw new IllegalStateException("can't make " + file + " executable");
                }
            }
        }
    }
}
