package dev.tributary;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LauncherTest {
    /** The script knows the verbs by their names, as it has some of its own. */
    @Test
    void itTakesEveryVerbOfTheApplication() throws IOException {
        Set<String> verbs = Verbs.commandLine().getSubcommands().keySet();
        List<String> script = Files.readAllLines(Path.of(System.getProperty("basedir", ""), "tributary"));

        assertThat(verbs).contains("run", "status");
        for (String verb : verbs) {
            assertThat(script).as(verb).anyMatch(line -> line.matches(" +(.* )?" + verb + "( .*)?\\)"));
            assertThat(script)
                    .as(verb)
                    .anyMatch(
                            line -> line.startsWith("Usage: ./tributary ") && line.matches(".*[ |]" + verb + "\\|.*"));
        }
    }
}
