package dev.tributary.sink.dynamodb;

import dev.tributary.record.ChangeBatch;
import dev.tributary.record.ChangeBatch.Mark;
import dev.tributary.record.ChangeRecord;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.StreamId;
import dev.tributary.record.TableSchema;
import dev.tributary.route.RoutedBatch;
import dev.tributary.route.RoutedBatch.Group;
import dev.tributary.sink.SinkMetrics;
import dev.tributary.sink.StreamLane;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.impl.ContextInternal;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Writes the batches of one stream under one epoch: the rows of each when those of the one before are durable, and then its position,
 * while the rows of the next are written. Its state is touched on its own context alone. Once it has failed, every later batch fails
 * too: the stream starts again from what is saved.
 */
final class Lane implements StreamLane {
    private static final Logger LOG = Logger.getLogger(Lane.class);

    private final StreamId stream;
    private final ContextInternal context;
    private final Tools tools;
    private final SinkMetrics metrics;
    /** By table, of the shape that its rows had last. */
    private final Map<String, Shaped> items = new HashMap<>();

    private Future<?> rows;
    private Future<Void> saved;
    private long epoch;
    private @Nullable Throwable failure;
    private volatile boolean ended;

    /**
     * What lanes share.
     *
     * @param batches how many there were, of all: a part that follows its table's changes once it is copied has a new lane, whose
     *     numbers are to be greater than those that are saved
     */
    record Tools(
            TargetTables tables,
            Writer writer,
            DynamoDbCheckpoints checkpoints,
            KeysAhead ahead,
            boolean jsonMaps,
            AtomicLong batches) {}

    private record Shaped(TableSchema schema, RowItems items) {}

    Lane(StreamId stream, ContextInternal context, Tools tools, SinkMetrics metrics) {
        this.stream = stream;
        this.context = context;
        this.tools = tools;
        this.metrics = metrics;
        this.rows = context.succeededFuture();
        this.saved = context.succeededFuture();
    }

    @Override
    public Future<Void> write(RoutedBatch batch) {
        Promise<Void> done = context.promise();
        context.runOnContext(v -> {
            if (failure != null) {
                done.fail(failure);
                return;
            }
            epoch = batch.batch().epoch();
            long number = tools.batches().incrementAndGet();
            Future<Integer> written = rows.compose(before -> rows(batch, number));
            Future<Void> durable =
                    saved.compose(before -> written).compose(ahead -> save(batch.batch(), number, ahead));
            rows = written;
            saved = durable;
            durable.onFailure(this::fail).onComplete(done);
        });
        return done.future();
    }

    /** What of later batches is not sent yet won't be. */
    private void fail(Throwable why) {
        ended = true;
        if (failure == null) {
            failure = why;
        }
    }

    /** Done when the rows are durable; tells in how many pieces their keys are noted. */
    private Future<Integer> rows(RoutedBatch routed, long number) {
        ChangeBatch batch = routed.batch();
        long began = System.nanoTime();
        if (batch.mark() instanceof Mark.Open) {
            return here(tools.checkpoints().save(batch, number)).map(0);
        }
        return met(routed.groups())
                .compose(met -> {
                    verify();
                    Collection<ItemWrite> writes = folded(routed.groups());
                    Future<Integer> noted = stream.part().isChanges() || writes.isEmpty()
                            ? context.succeededFuture(0)
                            : here(tools.ahead().note(batch, number, writes));
                    return noted.compose(pieces -> {
                        Promise<Void> written = context.promise();
                        tools.writer()
                                .write(writes, stream.toString(), this::verify)
                                .onComplete(written);
                        return written.future().map(pieces);
                    });
                })
                .onSuccess(pieces -> metrics.committed(batch, System.nanoTime() - began));
    }

    /** Throws if it was given up, or the shard may be another process's. */
    private void verify() {
        if (ended) {
            throw new PipelineException(Kind.TRANSIENT, stream + ": was given up");
        }
        tools.checkpoints().verify(stream.shard(), epoch);
    }

    /** Records may name tables that nobody has asked for before. */
    private Future<Void> met(List<Group> groups) {
        List<Group> strange = groups.stream()
                .filter(group -> tools.tables().known(group.target().name()) == null)
                .toList();
        return strange.isEmpty()
                ? context.succeededFuture()
                : here(Entries.forEach(strange, group -> tools.tables().meet(group.target(), group.schema())));
    }

    private Collection<ItemWrite> folded(List<Group> groups) {
        FoldedItems folded = new FoldedItems();
        for (Group group : groups) {
            RowItems of = items(group);
            for (ChangeRecord change : group.records()) {
                folded.add(of, change);
            }
        }
        return folded.writes();
    }

    @SuppressWarnings("ReferenceEquality") // a source makes one instance for each shape
    private RowItems items(Group group) {
        String table = group.target().name();
        Shaped last = items.get(table);
        if (last == null || last.schema() != group.schema()) {
            TargetTables.Known known = tools.tables().known(table);
            if (known == null) {
                throw new PipelineException(Kind.TRANSIENT, "table " + table + " was not looked up yet");
            }
            verifyKey(group, known);
            last = new Shaped(
                    group.schema(),
                    new RowItems(known.name(), known.key(), group.schema(), tools.jsonMaps(), known.notNull()));
            items.put(table, last);
        }
        return last.items();
    }

    /** By another key, rows of a table that is led here would replace each other. */
    private void verifyKey(Group group, TargetTables.Known known) {
        List<String> wanted = known.key().columns();
        List<String> told = group.target().keyColumns();
        boolean same = wanted.size() == told.size();
        for (int i = 0; same && i < wanted.size(); i++) {
            same = wanted.get(i).equalsIgnoreCase(told.get(i));
        }
        if (!same) {
            throw new PipelineException(
                    Kind.FATAL,
                    stream + ": table " + known.name() + " has the key " + wanted + ", and rows of "
                            + group.schema().table() + " that go there have the key " + told
                            + ": one of them could replace another; send them to a table of their own (the records'"
                            + " metadata 'table', or TRIBUTARY_TABLE)");
        }
    }

    private Future<Void> save(ChangeBatch batch, long number, int pieces) {
        return here(tools.checkpoints().save(batch, number)).onSuccess(done -> {
            if (pieces > 0) {
                // a claim forgets them as well
                tools.ahead()
                        .forget(batch, number, pieces)
                        .subscribe()
                        .with(forgotten -> {}, why -> LOG.debugf("%s: keys stay noted: %s", stream, why.getMessage()));
            }
        });
    }

    @Override
    public Future<Void> abandon() {
        ended = true;
        Promise<Void> done = context.promise();
        context.runOnContext(v -> {
            fail(new PipelineException(Kind.TRANSIENT, stream + ": was given up"));
            Future.join(rows, saved).onComplete(over -> done.complete());
        });
        return done.future();
    }

    private <T> Future<T> here(Uni<T> uni) {
        return Future.fromCompletionStage(uni.subscribeAsCompletionStage(), context);
    }
}
