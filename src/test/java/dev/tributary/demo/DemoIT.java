package dev.tributary.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.servers.NeedsVitess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's first command, as the launcher starts it, with fewer rows. */
class DemoIT {
    /** A demo that hangs; a busy machine takes minutes to start its Vitess. */
    private static final int LIMIT_SECONDS = 900;

    @TempDir
    private Path directory;

    @Test
    @NeedsVitess
    @Tag("long")
    void itEndsWithBothSidesEqual() throws Exception {
        Path output = directory.resolve("demo.out");
        Process demo = start(output, "--for", "2s", "--rows", "6000");

        awaitEnd(demo, output);
        List<String> lines = Files.readAllLines(output);
        assertThat(lines.getLast()).as(String.join("\n", lines)).matches("demo: 9 tables, [0-9,]+ rows, equal");
        assertThat(demo.exitValue()).isZero();
    }

    @Test
    void theOneOfDynamoDbEndsWithBothSidesEqual() throws Exception {
        Path output = directory.resolve("demo.out");
        Process demo = start(output, "--source", "dynamodb", "--for", "2s", "--rows", "1000");

        awaitEnd(demo, output);
        List<String> lines = Files.readAllLines(output);
        String all = String.join("\n", lines);
        assertThat(all).containsPattern("[1-9][0-9,]* changes were made meanwhile, [1-9][0-9,]* rows are there");
        assertThat(all).contains("SIGTERM: it saves what is under way and exits with 0");
        assertThat(lines.getLast()).as(all).matches("demo: 1 table, [1-9][0-9,]* items, equal");
        assertThat(demo.exitValue()).isZero();
    }

    @Test
    void aFlagThatItDoesNotKnowIsSaid() throws Exception {
        Path output = directory.resolve("demo.out");
        Process demo = start(output, "--fro", "2s");

        awaitEnd(demo, output);
        assertThat(Files.readString(output)).contains("--fro");
        assertThat(demo.exitValue()).isEqualTo(2);
    }

    private static void awaitEnd(Process demo, Path output) throws Exception {
        boolean over = demo.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
        demo.destroy();
        assertThat(over).as(Files.readString(output)).isTrue();
    }

    private static Process start(Path output, String... flags) throws Exception {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dbasedir=" + System.getProperty("basedir", ""),
                "-cp",
                classPath,
                Demo.class.getName()));
        command.addAll(List.of(flags));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }
}
