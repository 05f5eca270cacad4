package dev.tributary.stream;

import dev.tributary.record.SchemaChange;
import dev.tributary.record.SchemaChange.Dropped;
import dev.tributary.record.SchemaChange.Moved;
import dev.tributary.record.SchemaChange.OfTable;
import dev.tributary.record.SchemaStep;
import dev.tributary.record.ShardId;
import dev.tributary.record.SourceTable;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * A stream that stands in front of a schema change until that is made at the target, which may have to wait for the streams of
 * the other shards. Each asks again and again: they may be in other processes.
 */
final class SchemaPause {
    private static final Logger LOG = Logger.getLogger(SchemaPause.class);
    private static final Duration ASKING = Duration.ofMillis(500);
    /** So often it is asked between two warnings: a minute. */
    private static final long PATIENCE = 120;

    private final ShardId shard;
    private final long epoch;
    private final List<SourceTable> followed;
    private final Plumbing plumbing;
    private volatile boolean ended;

    /** @param followed the tables of the change stream, with their columns */
    SchemaPause(ShardId shard, long epoch, List<SourceTable> followed, Plumbing plumbing) {
        this.shard = shard;
        this.epoch = epoch;
        this.followed = followed;
        this.plumbing = plumbing;
    }

    /** Has a change made; done when the stream may go on. */
    Uni<Boolean> through(SchemaChange change) {
        return made(moved(change), new AtomicLong());
    }

    /** Of several keyspaces another may have the table by then, or soon: what the target has of it is not to go. */
    private SchemaChange moved(SchemaChange change) {
        if (!plumbing.source().hasManyKeyspaces()) {
            return change;
        }
        List<OfTable> known = change.tables().stream()
                .map(of -> of instanceof Dropped ? new Moved(of.table()) : of)
                .toList();
        return new SchemaChange(change.statement(), change.before(), change.after(), known);
    }

    private Uni<Boolean> made(SchemaChange change, AtomicLong asked) {
        return Uni.createFrom()
                .deferred(() -> plumbing.source().tables(shard))
                .map(now -> new SchemaStep(shard, epoch, shards(), change, followed, now))
                .flatMap(step -> plumbing.evolve().apply(step))
                .invoke(made -> say(change, made, asked))
                .repeat()
                .withDelay(ASKING)
                .whilst(made -> !made && !ended)
                .collect()
                .last();
    }

    /** Those that the tables are made of. */
    private Set<ShardId> shards() {
        return plumbing.shards().get().stream()
                .filter(other -> other.keyspace().equals(shard.keyspace()))
                .collect(Collectors.toSet());
    }

    /** Asks no more. */
    void end() {
        ended = true;
    }

    private void say(SchemaChange change, boolean made, AtomicLong asked) {
        if (made) {
            LOG.infof("%s: came through a schema change: %s", shard, change.shown());
            return;
        }
        long times = asked.getAndIncrement();
        if (times == 0) {
            LOG.infof("%s: waits for the other shards to come to a schema change: %s", shard, change.shown());
        } else if (times % PATIENCE == 0) {
            LOG.warnf(
                    "%s: still waits for the other shards to come to a schema change: %s; look whether it was made on every"
                            + " shard, and whether their streams go on",
                    shard, change.shown());
        }
    }
}
