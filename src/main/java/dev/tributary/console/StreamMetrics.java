package dev.tributary.console;

import dev.tributary.record.ShardId;
import dev.tributary.stream.ShardStatus;
import dev.tributary.stream.StreamState;
import dev.tributary.stream.Supervisor;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** Meters of every shard stream, read when they are scraped. Used by the progress timer's thread only. */
@ApplicationScoped
class StreamMetrics {
    private final Supervisor supervisor;
    private final MeterRegistry registry;
    private final MultiGauge owned;
    private List<Tags> shown = List.of();
    private final Map<ShardId, List<Meter>> bound = new HashMap<>();

    StreamMetrics(Supervisor supervisor, MeterRegistry registry) {
        this.supervisor = supervisor;
        this.registry = registry;
        this.owned = MultiGauge.builder("tributary.stream")
                .description("1 for each stream: who has the shard, and what it does")
                .register(registry);
        Gauge.builder("tributary.buffer.used.bytes", supervisor, Supervisor::heldBytes)
                .description("Memory of changes that are read and not durable, of all shards, in bytes")
                .register(registry);
        Gauge.builder("tributary.buffer.used.max.bytes", supervisor, Supervisor::mostHeldBytes)
                .description("The most that it was at once since the start, in bytes")
                .register(registry);
        Gauge.builder(
                        "tributary.lease.age.seconds",
                        supervisor,
                        all -> all.leaseAge().toMillis() / 1000.0)
                .description("Since this process renewed its lease")
                .register(registry);
    }

    /** Adds the meters of shards that have none yet, and takes away those of shards that other processes have now. */
    void bind() {
        Set<ShardId> present = new HashSet<>();
        List<ShardStatus> shards = supervisor.shards();
        List<Tags> who = shards.stream().map(this::who).toList();
        if (!who.equals(shown)) {
            owned.register(who.stream().map(tags -> MultiGauge.Row.of(tags, 1)).toList());
            shown = who;
        }
        for (ShardStatus status : shards) {
            present.add(status.shard());
            if (!bound.containsKey(status.shard())) {
                bind(status.shard());
            }
        }
        bound.entrySet().removeIf(of -> {
            boolean gone = !present.contains(of.getKey());
            if (gone) {
                of.getValue().forEach(registry::remove);
            }
            return gone;
        });
    }

    private Tags who(ShardStatus status) {
        return Tags.of(
                "shard", status.shard().toString(),
                "process", supervisor.process(),
                "state", Words.name(status.state()));
    }

    private void bind(ShardId shard) {
        gauge("tributary.epoch", "The number of this process's claim of the shard", shard, ShardStatus::epoch);
        counter("tributary.rows", "Changes that are durable at the target", shard, ShardStatus::rowsDurable);
        counter(
                "tributary.bytes",
                "Row images that are durable at the target, in bytes",
                shard,
                status -> status.bytesDurable());
        counter("tributary.failures", "Failures after which the stream started again", shard, ShardStatus::failures);
        gauge(
                "tributary.buffered.bytes",
                "Memory of changes that are read and not durable, in bytes",
                shard,
                status -> status.heldBytes());
        gauge("tributary.lag.seconds", "How far the target is behind the source", shard, StreamMetrics::lagSeconds);
        gauge(
                "tributary.position",
                "The durable position as a number that grows: transactions (Vitess), or seconds since 1970 (DynamoDB)",
                shard,
                supervisor::ordinal);
        gauge("tributary.ready", "1 while the stream copies or follows", shard, status -> switch (status.state()) {
            case StreamState.Copying copying -> 1;
            case StreamState.Following following -> 1;
            default -> 0;
        });
        gauge(
                "tributary.parts",
                "Parts of the snapshot, and of tables that came later",
                shard,
                status -> switch (status.state()) {
                    case StreamState.Copying copying -> copying.parts();
                    case StreamState.Following following -> following.parts();
                    default -> 0;
                });
        gauge("tributary.parts.copied", "Those of them that are copied", shard, status -> switch (status.state()) {
            case StreamState.Copying copying -> copying.copied();
            case StreamState.Following following -> following.copied();
            default -> 0;
        });
    }

    private static double lagSeconds(ShardStatus status) {
        return status.lagMillis() < 0 ? Double.NaN : status.lagMillis() / 1000.0;
    }

    private void counter(String name, String description, ShardId shard, ToDoubleFunction<ShardStatus> value) {
        add(
                shard,
                FunctionCounter.builder(name, supervisor, all -> read(all, shard, value))
                        .description(description)
                        .tag("shard", shard.toString())
                        .register(registry));
    }

    private void gauge(String name, String description, ShardId shard, ToDoubleFunction<ShardStatus> value) {
        add(
                shard,
                Gauge.builder(name, supervisor, all -> read(all, shard, value))
                        .description(description)
                        .tag("shard", shard.toString())
                        .register(registry));
    }

    private void add(ShardId shard, Meter meter) {
        bound.computeIfAbsent(shard, id -> new ArrayList<>()).add(meter);
    }

    private static double read(Supervisor supervisor, ShardId shard, ToDoubleFunction<ShardStatus> value) {
        ShardStatus status = supervisor.shard(shard);
        return status == null ? 0 : value.applyAsDouble(status);
    }
}
