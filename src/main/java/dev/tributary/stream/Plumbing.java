package dev.tributary.stream;

import dev.tributary.checkpoint.CarriedTables;
import dev.tributary.checkpoint.CheckpointStore;
import dev.tributary.record.ChangeBatch;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.SchemaStep;
import dev.tributary.record.ShardId;
import dev.tributary.record.SourceTable;
import dev.tributary.record.TableId;
import dev.tributary.source.ShardSource;
import dev.tributary.source.SourceShards;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jboss.logging.Logger;

/**
 * What the shard streams of a process are connected to.
 *
 * @param shards every shard that the tables are made of, as the source has been resharded so far
 * @param carried which keyspaces carry which tables, as it was a second ago at most
 * @param prepare makes the target ready for tables
 * @param evolve sees a stream through a schema change at the target; false as long as other shards have not come to it
 * @param abandon gives up what the target has under way of a shard's epoch
 * @param sweep deletes the rows of a table at the target that the source has no more; answers how many there were
 * @param channel takes batches; the windows of the streams bound what it holds
 * @param turns which shards may copy
 * @param resnapshots whether shards whose position is lost are copied again
 */
record Plumbing(
        ShardSource source,
        Supplier<Set<ShardId>> shards,
        CheckpointStore checkpoints,
        Uni<CarriedTables> carried,
        Function<List<SourceTable>, Uni<Void>> prepare,
        Function<SchemaStep, Uni<Boolean>> evolve,
        BiFunction<ShardId, Long, Uni<Void>> abandon,
        Function<TableId, Uni<Long>> sweep,
        Consumer<Message<ChangeBatch>> channel,
        ByteBudget budget,
        CopyTurns turns,
        RangedTables ranged,
        boolean resnapshots) {
    private static final Logger LOG = Logger.getLogger(Plumbing.class);

    /** The shards as they are served and carried now. */
    Uni<SourceShards> look() {
        return Uni.createFrom().deferred(() -> checkpoints.shards().flatMap(source::shards));
    }

    /** The same, once shards are forgotten that are lost, if they may be copied again. */
    Uni<SourceShards> lookAndForget() {
        return look().onFailure(this::mayBeCopiedAgain).recoverWithUni(failure -> {
            LOG.warn(failure.getMessage());
            if (((PipelineException) failure).shards().isEmpty()) {
                return Uni.createFrom().failure(failure);
            }
            return new Resnapshot(this)
                    .of(((PipelineException) failure).shards())
                    .onFailure(Plumbing::isFenced)
                    .transform(fenced -> new PipelineException(
                            Kind.TRANSIENT, fenced.getMessage() + ", which has to see to its lost position"))
                    .chain(this::lookAndForget);
        });
    }

    private static boolean isFenced(Throwable failure) {
        return failure instanceof PipelineException known && known.kind() == Kind.FENCED;
    }

    /** Whether a failure means that what is lost is to be copied again. */
    boolean mayBeCopiedAgain(Throwable failure) {
        return resnapshots && failure instanceof PipelineException known && known.kind() == Kind.LOST;
    }

    /** Gives up what the target has under way of a shard's epoch, and goes on whether or not it could be told. */
    void giveUp(ShardId shard, long epoch, Runnable next) {
        Uni.createFrom().deferred(() -> abandon.apply(shard, epoch)).subscribe().with(done -> next.run(), failure -> {
            LOG.warnf("%s: what the target had under way was not given up: %s", shard, failure.getMessage());
            next.run();
        });
    }
}
