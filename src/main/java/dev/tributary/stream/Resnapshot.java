package dev.tributary.stream;

import dev.tributary.checkpoint.ShardCheckpoint;
import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.ShardId;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Has shards begin anew of which the source has not kept what follows their positions: their tables are copied over what is at
 * the target, and what the source has no more is deleted there once all shards follow them.
 */
record Resnapshot(Plumbing plumbing) {
    private static final Logger LOG = Logger.getLogger(Resnapshot.class);

    Uni<Void> of(Set<ShardId> shards) {
        return Multi.createFrom()
                .iterable(shards)
                .onItem()
                .transformToUniAndConcatenate(this::of)
                .collect()
                .last();
    }

    /**
     * Forgets where a shard stands. Fails as FATAL if a table of which the target has rows has no key: they could not be told from
     * those that are copied again.
     */
    Uni<Void> of(ShardId shard) {
        return plumbing.source().tables().flatMap(tables -> {
            Discovery found = new Discovery(tables, Map.of()).only(shard.keyspace());
            Set<String> keyless = found.keyless();
            return plumbing.checkpoints().claim(shard).flatMap(claimed -> {
                Set<String> carried = Objects.requireNonNullElse(claimed.tables(), Set.of());
                Set<String> written = written(claimed, carried);
                written.retainAll(found.names());
                Set<String> doubled = new HashSet<>(keyless);
                doubled.retainAll(written);
                if (!doubled.isEmpty()) {
                    throw new PipelineException(
                            Kind.FATAL,
                            shard + ": its position is lost, and tables " + doubled
                                    + " have no key, so that they can't be"
                                    + " copied again over what is at the target: leave them out (TRIBUTARY_SOURCE,"
                                    + " parameter 'exclude') and carry them in a pipeline of their own, into empty tables");
                }
                LOG.warnf(
                        "%s: its position is lost: its tables are copied again, %s of them over rows", shard, written);
                ShardCheckpoint lost =
                        new ShardCheckpoint(shard, claimed.epoch(), null, carried, claimed.parts(), false);
                return plumbing.checkpoints().leave(lost, carried, written, keyless);
            });
        });
    }

    /** Tables of which the target may have rows, those too that were left once and may be back. */
    private static Set<String> written(ShardCheckpoint claimed, Set<String> carried) {
        Set<String> written =
                carried.stream().map(String::stripTrailing).collect(Collectors.toCollection(HashSet::new));
        Set<String> begun = claimed.parts().stream()
                .filter(part -> part.position() != null)
                .map(part -> part.id().table())
                .collect(Collectors.toSet());
        for (PartCheckpoint part : claimed.parts()) {
            if (!begun.contains(part.id().table())) {
                written.remove(part.id().table());
            }
        }
        return written;
    }
}
