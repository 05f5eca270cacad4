package dev.tributary.bench;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Everything that was measured, for programs: the machine, every figure of every round, and the targets. */
final class Json {
    private Json() {}

    static void write(
            Path file, BenchSettings settings, Machine machine, Results results, List<Targets.Verdict> verdicts)
            throws IOException {
        JsonArray rounds = new JsonArray();
        for (Result result : results.all()) {
            JsonObject figures = new JsonObject();
            result.figures().forEach(figures::put);
            rounds.add(new JsonObject()
                    .put("part", result.part())
                    .put("contestant", result.contestant())
                    .put("round", result.round())
                    .put("figures", figures)
                    .put("failure", result.failure()));
        }
        JsonArray targets = new JsonArray();
        for (Targets.Verdict verdict : verdicts) {
            targets.add(new JsonObject()
                    .put("part", verdict.part())
                    .put("what", verdict.what())
                    .put("value", Double.isNaN(verdict.value()) ? null : verdict.value())
                    .put("aim", verdict.aim())
                    .put("holds", verdict.holds()));
        }
        JsonObject all = new JsonObject()
                .put("machine", machine.json())
                .put("rows", settings.rows())
                .put("rounds", settings.rounds())
                .put("results", rounds)
                .put("targets", targets);
        Files.writeString(file, all.encodePrettily() + "\n");
    }
}
