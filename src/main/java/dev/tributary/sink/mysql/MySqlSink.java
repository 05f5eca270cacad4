package dev.tributary.sink.mysql;

import dev.tributary.checkpoint.Lease;
import dev.tributary.checkpoint.MySqlCheckpoints;
import dev.tributary.checkpoint.MySqlErrors;
import dev.tributary.config.ConnectionUrl;
import dev.tributary.config.Unreachable;
import dev.tributary.record.ColumnDefinition;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.SchemaStep;
import dev.tributary.record.ShardId;
import dev.tributary.record.SourceTable;
import dev.tributary.record.StreamId;
import dev.tributary.route.RoutedBatch;
import dev.tributary.route.TargetTable;
import dev.tributary.sink.Lanes;
import dev.tributary.sink.Sink;
import dev.tributary.sink.SinkMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.impl.ContextInternal;
import io.vertx.mysqlclient.MySQLException;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Writes into tables of MySQL and what speaks its protocol; the rows of a batch and its position in one transaction. */
public final class MySqlSink implements Sink {
    private static final Logger LOG = Logger.getLogger(MySqlSink.class);

    private final Target target;
    private final Sessions sessions;
    private final Catalog catalog;
    private final Tables tables;
    private final TargetCheck check;
    private final Lanes lanes;
    private final SchemaEvolution evolution;
    private final SchemaRules rules;
    private final SinkMetrics metrics;
    private final MySqlCheckpoints checkpoints;
    private volatile RowSizes sizes = new RowSizes(4 << 20);
    private volatile boolean savesLast;

    /**
     * @param url the setting {@code tributary.sink}
     * @param pipeline the setting {@code tributary.pipeline}
     * @param lease by which this process shares the pipeline's shards with others
     * @param rules how far the target's schema is the pipeline's business
     * @throws PipelineException of kind SETTING if the URL is not understood
     */
    public MySqlSink(
            Vertx vertx, ConnectionUrl url, String pipeline, Lease lease, SchemaRules rules, MeterRegistry registry) {
        this.target = Target.parse(url);
        this.sessions = new Sessions(vertx, target, lease.duration());
        KeptSession kept = new KeptSession(sessions);
        this.catalog = new Catalog(sessions, target.schema(), target.vitess());
        this.check = new TargetCheck(target, sessions, rules);
        this.metrics = new SinkMetrics(registry);
        this.checkpoints = new MySqlCheckpoints(
                target.checkpointSchema().orElse(""), pipeline, lease, new MySqlCheckpoints.Connections() {
                    @Override
                    public <T> Future<T> use(Function<SqlConnection, Future<T>> work) {
                        return sessions.use(work);
                    }

                    @Override
                    public <T> Future<T> useKept(Duration limit, Function<SqlConnection, Future<T>> work) {
                        return kept.use(limit, work);
                    }
                });
        this.tables = new Tables(sessions, catalog, rules, target.checksTypes(), checkpoints);
        this.rules = rules;
        this.evolution = new SchemaEvolution(sessions, catalog, checkpoints, rules, target.schema() + " " + pipeline);
        this.lanes = new Lanes(vertx, this::lane);
    }

    private Lane lane(StreamId stream, ContextInternal context) {
        return new Lane(
                stream,
                context,
                sessions,
                new Planner(
                        context,
                        catalog,
                        new OpenTables(sessions, catalog, rules, target.schema()),
                        checkpoints,
                        sizes,
                        savesLast,
                        rules),
                metrics);
    }

    @Override
    public Uni<Void> open() {
        return uni("target " + target.name(), () -> meet().<Void>map(facts -> learn(facts)))
                .chain(checkpoints::open);
    }

    /** What is looked up before anything is read or written, by a check as well. */
    private Future<Acquaintance.Facts> meet() {
        return new Acquaintance(target, sessions)
                .meet()
                .onSuccess(facts -> catalog.know(facts))
                .recover(failure -> Future.failedFuture(refused(failure)));
    }

    private @Nullable Void learn(Acquaintance.Facts facts) {
        sizes = new RowSizes(facts.packet());
        savesLast = !facts.atomic();
        if (savesLast) {
            LOG.warnf(
                    "target %s is sharded: its shards commit one after the other, the position last; after a failure changes"
                            + " may be written again (at least once)",
                    target.name());
        }
        return null;
    }

    @Override
    public Uni<Void> connect() {
        return uni("target " + target.name(), () -> meet().mapEmpty());
    }

    @Override
    public Uni<List<String>> check() {
        return uni(
                "target " + target.name(),
                () -> meet().compose(facts -> check.check().recover(failure -> Future.failedFuture(refused(failure)))));
    }

    /** What fails before the pipeline runs is not tried again, so that the setting is named whatever the reason. */
    private Throwable refused(Throwable failure) {
        if (failure instanceof PipelineException) {
            return failure;
        }
        if (failure instanceof MySQLException) {
            PipelineException said = MySqlErrors.of(target.name(), failure);
            Kind kind = MySqlErrors.isRefusal(failure) ? Kind.SETTING : said.kind();
            return new PipelineException(kind, target.setting() + ": " + said.getMessage());
        }
        Unreachable why = Unreachable.of(failure);
        return new PipelineException(
                why.lasting() ? Kind.SETTING : Kind.TRANSIENT,
                target.setting() + ": " + target.name() + ": " + why.what(),
                failure);
    }

    @Override
    public Uni<Void> verify(Map<SourceTable, TargetTable> sources) {
        return uni("tables of the target " + target.name(), () -> tables.verify(sources));
    }

    @Override
    public MySqlCheckpoints checkpoints() {
        return checkpoints;
    }

    @Override
    public Uni<Void> prepare(Map<SourceTable, TargetTable> sources) {
        return uni("tables of the target " + target.name(), () -> tables.prepare(sources));
    }

    @Override
    public List<ColumnDefinition> columns(TargetTable target) {
        TargetLayout layout = catalog.layout(target.name());
        return layout == null ? List.of() : OpenColumns.of(layout);
    }

    @Override
    public boolean rollsBack() {
        return true;
    }

    @Override
    public boolean grows() {
        return rules.creates();
    }

    @Override
    public Uni<Boolean> evolve(SchemaStep step, Map<SourceTable, TargetTable> sources) {
        return uni("schema change of " + step.shard(), () -> evolution.evolve(step, sources));
    }

    /** Takes its place in the stream's order at the call, not at the subscription. */
    @Override
    public Uni<Void> write(RoutedBatch batch) {
        Future<Void> written = lanes.write(batch);
        return Uni.createFrom().completionStage(written::toCompletionStage);
    }

    @Override
    public Uni<Void> abandon(ShardId shard, long epoch) {
        Future<Void> abandoned = lanes.abandon(shard, epoch);
        return Uni.createFrom().completionStage(abandoned::toCompletionStage);
    }

    @Override
    public Uni<Void> close() {
        return uni("target " + target.name(), sessions::close);
    }

    private static <T> Uni<T> uni(String what, Supplier<Future<T>> work) {
        return Uni.createFrom()
                .completionStage(() -> work.get()
                        .recover(failure -> Future.failedFuture(MySqlErrors.of(what, failure)))
                        .toCompletionStage());
    }
}
