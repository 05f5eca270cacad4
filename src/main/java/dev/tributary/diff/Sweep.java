package dev.tributary.diff;

import dev.tributary.config.KeyColumns;
import dev.tributary.config.Settings;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.TableId;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;

/**
 * Deletes at the target, while changes flow, the rows of a table whose keys no shard of the source has. It reads both sides by
 * checksums, as a comparison does, and looks closely where they differ. What others write into the table goes, too.
 */
public final class Sweep {
    /** Ranges that are compared at a time: the streams need the servers too. */
    private static final int PARALLEL = 2;

    private final Vertx vertx;
    private final Settings settings;

    public Sweep(Vertx vertx, Settings settings) {
        this.vertx = vertx;
        this.settings = settings;
    }

    /**
     * Every shard's stream must follow the table.
     *
     * @param table the source's table
     * @return how many rows were deleted; fails with a {@link PipelineException}, and may have deleted some
     */
    public Uni<Long> table(TableId table) {
        Promise<Long> promise = Promise.promise();
        return Uni.createFrom().completionStage(() -> {
            vertx.getOrCreateContext()
                    .runOnContext(v -> Future.succeededFuture()
                            .compose(
                                    begin -> sweep(new Ends(vertx, settings, table.keyspace(), PARALLEL), table.name()))
                            .onComplete(promise));
            return promise.future().toCompletionStage();
        });
    }

    private Future<Long> sweep(Ends ends, String name) {
        Progress progress = new Progress(vertx, line -> {});
        return Future.all(
                        ends.allSourceServers().compose(servers -> Side.of("source", servers)),
                        ends.targetServers().compose(servers -> Side.of("target", servers)))
                .compose(both -> Positions.find(
                                vertx,
                                both.<Side>resultAt(0).servers(),
                                ends.checkpoints(
                                        both.<Side>resultAt(1).servers().size()),
                                settings.pipeline(),
                                Duration.ZERO)
                        .compose(positions ->
                                sweep(ends, both.resultAt(0), both.resultAt(1), positions, name, progress)))
                .eventually(() -> {
                    progress.cancel();
                    return ends.close();
                });
    }

    private Future<Long> sweep(
            Ends ends, Side source, Side target, Positions positions, String name, Progress progress) {
        TableInfo left = source.table(name);
        TableInfo right = target.tableAlike(settings.table().orElse(name));
        if (left == null || right == null || !source.disagreements(name).isEmpty()) {
            return Future.failedFuture(new PipelineException(
                    Kind.TRANSIENT,
                    "table " + name + " is not the same on every shard now, or not at the target: "
                            + source.disagreements(name)));
        }
        KeyColumns keys = KeyColumns.parse(settings.keyColumns().orElse(""));
        TablePair pair = TablePair.of(left, right, keys.of(right.name()), false);
        if (!pair.keyed()) {
            return Future.failedFuture(new PipelineException(
                    Kind.TRANSIENT,
                    "table " + name + ": rows at the target that the source has no more can't be found by its key ("
                            + String.join(", ", pair.problems())
                            + "): look for them yourself, then delete the table's row"
                            + " of state 'sweep' from tributary_checkpoint"));
        }
        StaleRows rows = new StaleRows(
                pair, new SliceReader(pair, source, target), source, ends.wholeTarget(), ends.deleting(), positions);
        Findings findings = new Findings(0);
        Future<Void> swept = pair.ranged()
                ? new RangeComparison(pair, source, target, rows::delete, findings, progress).run(PARALLEL)
                : new BucketComparison(pair, source, target, rows::delete, findings, progress).run();
        return swept.compose(done -> findings.isCertain()
                ? Future.succeededFuture(rows.deleted())
                : Future.failedFuture(new PipelineException(
                        Kind.TRANSIENT, "table " + name + " can't be compared: " + findings.unknown())));
    }
}
