package dev.tributary.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The figures of {@code docs/scale.md}; with {@code -Dshards=} and {@code -Drate=} it prints those for others. */
class ScaleTest {
    /** {@code docs/scale.md} tells where each is from. */
    private static final ScaleCosts COSTS = new ScaleCosts(2.3, 0.55, 7.3, 0.78, 0.3, 34, 0.3, 560, 0.0023);

    private static final int SHARDS = Integer.getInteger("shards", 10_000);
    private static final long RATE = Long.getLong("rate", 1_000_000);
    private static final int CORES = 2;

    @Test
    void theDocumentSaysWhatTheFiguresCome() throws IOException {
        List<ScalePlan> plans = Stream.of(1, 5)
                .map(delay -> new ScalePlan(COSTS, SHARDS, RATE, delay, CORES, 2_048, 16))
                .toList();
        String planned = ScalePlan.table(plans);
        String simulated = simulated(plans.getFirst().processes());
        System.out.println(planned + "\n" + simulated);

        if (Integer.getInteger("shards") == null && Long.getLong("rate") == null) {
            assertThat(Files.readString(Path.of("docs/scale.md"))).contains(planned, simulated);
        }
    }

    private static String simulated(int processes) {
        ScaleSimulation simulation = new ScaleSimulation(SHARDS, COSTS.startPerStream() / CORES, 1);
        StringBuilder text = new StringBuilder(
                "| simulated, with %d processes | seconds | claims | given on |\n".formatted(processes)
                        + "|---|---|---|---|\n");
        simulation.join(processes);
        row(text, "all start: until every shard is carried, evenly", simulation, simulation.untilEven());
        simulation.kill();
        row(text, "one is killed: until every shard is carried", simulation, simulation.untilCarried());
        row(text, "and evenly", simulation, simulation.untilEven());
        simulation.join(1);
        row(text, "one joins: until they are shared evenly", simulation, simulation.untilEven());
        simulation.stop();
        row(
                text,
                "one is stopped in good order: until every shard is carried, evenly",
                simulation,
                simulation.untilEven());
        return text.toString();
    }

    private static void row(StringBuilder text, String what, ScaleSimulation simulation, double seconds) {
        assertThat(simulation.isEachOnes()).as(what).isTrue();
        text.append("| %s | %s | %s | %s |%n"
                .formatted(
                        what,
                        ScalePlan.number(seconds),
                        ScalePlan.number(simulation.claims()),
                        ScalePlan.number(simulation.moved())));
    }
}
