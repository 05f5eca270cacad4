package dev.tributary.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The figures of {@code docs/scale.md}; with {@code -Dshards=} and {@code -Drate=} it prints those for others. */
class ScaleTest {
    /** {@code ./tributary bench shards --rows 4000000}, 256 shards; see {@code docs/scale.md}. */
    private static final ScaleCosts COSTS = new ScaleCosts(5.0, 10.2, 0.3, 10, 8, 0.9, 300, 0.01, 600);

    private static final int SHARDS = Integer.getInteger("shards", 10_000);
    private static final long RATE = Long.getLong("rate", 1_000_000);
    private static final int CORES = 2;

    private static final ScalePlan PLAN = new ScalePlan(COSTS, SHARDS, RATE, CORES, 2_048, 16);

    @Test
    void theDocumentSaysWhatTheFiguresCome() throws IOException {
        String tables = PLAN.table() + "\n" + simulated();
        System.out.println(tables);

        if (SHARDS == 10_000 && RATE == 1_000_000) {
            assertThat(Files.readString(Path.of("docs/scale.md"))).contains(tables);
        }
    }

    private static String simulated() {
        int processes = PLAN.processes();
        ScaleSimulation simulation = new ScaleSimulation(SHARDS, COSTS.startOfProcess() / CORES, 1);
        StringBuilder text = new StringBuilder(
                "| simulated, with %d processes | seconds | claims | given on |\n".formatted(processes)
                        + "|---|---|---|---|\n");
        simulation.join(processes);
        row(text, "all start: until every shard is carried", simulation, simulation.untilCarried());
        row(text, "until they are shared evenly", simulation, simulation.untilEven());
        simulation.kill();
        row(text, "one is killed: until every shard is carried", simulation, simulation.untilCarried());
        simulation.untilEven();
        simulation.join(1);
        row(text, "one joins: until they are shared evenly", simulation, simulation.untilEven());
        simulation.stop();
        row(text, "one is stopped in good order: until every shard is carried", simulation, simulation.untilCarried());
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
