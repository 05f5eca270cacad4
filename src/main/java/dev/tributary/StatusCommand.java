package dev.tributary;

import dev.tributary.checkpoint.CheckpointStore;
import dev.tributary.checkpoint.Replica;
import dev.tributary.checkpoint.ShardOwner;
import dev.tributary.checkpoint.ShardOwner.Stage;
import dev.tributary.config.ConnectionUrl;
import dev.tributary.config.Settings;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.sink.Sink;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The verb {@code status}: prints which process has which shard and how far each is, as the target knows it; changes nothing. */
final class StatusCommand {
    private StatusCommand() {}

    static void addFlags(CommandSpec spec) {
        spec.addOption(OptionSpec.builder("--json")
                .type(Boolean.class)
                .arity("0")
                .defaultValue("false")
                .build());
    }

    static int run(Settings settings, CommandSpec spec) {
        try {
            Sink sink = Connectors.sink(settings, Vertx.vertx(), new SimpleMeterRegistry());
            CheckpointStore checkpoints = sink.checkpoints();
            Answer.of("TRIBUTARY_SINK", sink.connect());
            List<Replica> replicas = Answer.of("TRIBUTARY_SINK", checkpoints.replicas());
            List<ShardOwner> shards = Answer.of("TRIBUTARY_SINK", checkpoints.owners()).stream()
                    .filter(shard -> shard.stage() != Stage.FORGOTTEN)
                    .sorted(Comparator.comparing(shard -> shard.shard().toString()))
                    .toList();
            Answer.of("TRIBUTARY_SINK", sink.close());
            if (replicas.isEmpty() && shards.isEmpty()) {
                throw new PipelineException(
                        Kind.FATAL,
                        "pipeline '" + settings.pipeline() + "' has never run into " + ConnectionUrl.ofSink(settings)
                                + "; TRIBUTARY_PIPELINE names another");
            }
            if (Boolean.TRUE.equals(spec.findOption("--json").getValue())) {
                System.out.println(json(settings, replicas, shards).encodePrettily());
            } else {
                print(replicas, shards);
            }
            return 0;
        } catch (RuntimeException e) {
            return Failures.report(e);
        }
    }

    private static void print(List<Replica> replicas, List<ShardOwner> shards) {
        Map<String, Long> loads = loads(shards);
        for (Replica replica : replicas) {
            String name = replica.lease().owner();
            System.out.println("process " + name + ": "
                    + (replica.live() ? loads.getOrDefault(name, 0L) + " shards" : "gone") + ", lease of "
                    + seconds(replica.lease().duration()) + " renewed "
                    + seconds(replica.age().isNegative() ? Duration.ZERO : replica.age()) + " ago");
        }
        Set<String> live = replicas.stream()
                .filter(Replica::live)
                .map(replica -> replica.lease().owner())
                .collect(Collectors.toSet());
        for (ShardOwner shard : shards) {
            String waiting = waiting(shard, replicas);
            System.out.println("shard " + shard.shard() + ": " + state(shard)
                    + (waiting == null ? "" : ", but waiting" + (waiting.isEmpty() ? "" : " (" + waiting + ")")) + ", "
                    + (shard.over() || live.contains(shard.owner()) ? shard.owner() : "nobody reads it") + ", epoch "
                    + shard.epoch() + ", "
                    + (shard.changes() == null ? "no change yet" : shard.changes()));
        }
    }

    private static JsonObject json(Settings settings, List<Replica> replicas, List<ShardOwner> shards) {
        Map<String, Long> loads = loads(shards);
        JsonArray processes = new JsonArray();
        for (Replica replica : replicas) {
            processes.add(new JsonObject()
                    .put("name", replica.lease().owner())
                    .put("live", replica.live())
                    .put("lease_seconds", replica.lease().duration().toMillis() / 1000.0)
                    .put("lease_age_seconds", replica.age().toMillis() / 1000.0)
                    .put("shards", loads.getOrDefault(replica.lease().owner(), 0L)));
        }
        JsonArray streams = new JsonArray();
        for (ShardOwner shard : shards) {
            streams.add(new JsonObject()
                    .put("keyspace", shard.shard().keyspace())
                    .put("shard", shard.shard().shard())
                    .put("state", state(shard))
                    .put("waiting", waiting(shard, replicas))
                    .put("owner", shard.owner().isEmpty() ? null : shard.owner())
                    .put("epoch", shard.epoch())
                    .put(
                            "position",
                            shard.changes() == null ? null : shard.changes().text()));
        }
        return new JsonObject()
                .put("pipeline", settings.pipeline())
                .put("processes", processes)
                .put("shards", streams);
    }

    /**
     * Why its stream stands still after a failure, empty if that is not told; null if it does not. Told by whoever tries: that need
     * not be the last owner, as the source is asked before a shard is claimed.
     */
    private static @Nullable String waiting(ShardOwner shard, List<Replica> replicas) {
        return replicas.stream()
                .filter(replica -> replica.live() && !shard.over())
                .map(replica -> replica.waiting().causes().get(shard.shard().toString()))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private static Map<String, Long> loads(List<ShardOwner> shards) {
        return shards.stream()
                .filter(shard -> !shard.over())
                .collect(Collectors.groupingBy(ShardOwner::owner, Collectors.counting()));
    }

    private static String state(ShardOwner shard) {
        if (shard.stage() == Stage.ENDED) {
            return "ended: it waits for the shards that are resharded with it, and its rows are not handed over yet";
        }
        if (shard.stage() == Stage.CLOSED) {
            return "closed: other shards have its rows";
        }
        if (shard.copied()) {
            return "following";
        }
        return shard.changes() == null ? "copying" : "following, but for tables that came later";
    }

    private static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
    }
}
