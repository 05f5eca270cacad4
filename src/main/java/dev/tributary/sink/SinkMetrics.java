package dev.tributary.sink;

import dev.tributary.record.ChangeBatch;
import dev.tributary.record.ShardId;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** What writing costs, by shard. Safe for any thread. */
public final class SinkMetrics {
    private final MeterRegistry registry;
    private final Map<ShardId, Meters> byShard = new ConcurrentHashMap<>();

    private record Meters(Timer commits, DistributionSummary rows, Counter repeats) {}

    public SinkMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** A batch is durable. */
    public void committed(ChangeBatch batch, long nanos) {
        Meters meters = of(batch.stream().shard());
        meters.commits().record(nanos, TimeUnit.NANOSECONDS);
        meters.rows().record(batch.records().size());
    }

    /** A batch lost its locks to another's and is written again. */
    public void repeated(ChangeBatch batch) {
        of(batch.stream().shard()).repeats().increment();
    }

    private Meters of(ShardId shard) {
        return byShard.computeIfAbsent(
                shard,
                id -> new Meters(
                        Timer.builder("tributary.sink.commit")
                                .description("Time to write a batch and its position, from the first statement on")
                                .tag("shard", id.toString())
                                .register(registry),
                        DistributionSummary.builder("tributary.sink.batch.rows")
                                .description("Changes in a batch that was written")
                                .tag("shard", id.toString())
                                .register(registry),
                        Counter.builder("tributary.sink.conflicts")
                                .description(
                                        "Batches written again because the server chose them in a deadlock or lock wait")
                                .tag("shard", id.toString())
                                .register(registry)));
    }
}
