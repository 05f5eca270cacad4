package dev.tributary;

import dev.tributary.config.Settings;
import dev.tributary.diff.Sweep;
import dev.tributary.record.SourceTable;
import dev.tributary.route.TableRouter;
import dev.tributary.route.TargetTable;
import dev.tributary.sink.RoutedChannel;
import dev.tributary.sink.Sink;
import dev.tributary.source.ShardSource;
import dev.tributary.stream.Supervisor;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** The one pipeline of the process: source, streams and sink, joined as the settings say. */
@ApplicationScoped
class Pipeline {
    private static final Logger LOG = Logger.getLogger(Pipeline.class);

    /** All must be closed within what {@link StopSignal} grants. */
    private static final Duration CLOSING = Duration.ofSeconds(2);

    private final List<Supplier<Uni<Void>>> closing = new CopyOnWriteArrayList<>();
    private final Supervisor supervisor;
    private final RoutedChannel routed;
    private final Settings settings;
    private final Vertx vertx;
    private final MeterRegistry registry;

    Pipeline(Supervisor supervisor, RoutedChannel routed, Settings settings, Vertx vertx, MeterRegistry registry) {
        this.supervisor = supervisor;
        this.routed = routed;
        this.settings = settings;
        this.vertx = vertx;
        this.registry = registry;
    }

    /**
     * Runs until the pipeline is over, or fails with what it can't go on from. What can't be reached at the start is a failure:
     * a wrong address must not look like a server that is slow to come.
     */
    Uni<Void> run() {
        ShardSource source = Connectors.source(settings, vertx);
        closing.add(source::close);
        Sink sink = Connectors.sink(settings, vertx, registry);
        closing.add(sink::close);
        TableRouter router = new TableRouter(settings);
        routed.connect(sink);
        Uni<Void> target = sink.check()
                .invoke(found -> found.forEach(line -> LOG.infof("target %s", line)))
                .chain(sink::open);
        // meanwhile; if neither can be reached, the target is named
        Uni<Void> opened = source.open().memoize().indefinitely();
        opened.subscribe().with(done -> {}, failure -> {});
        return target.chain(() -> opened)
                .chain(() -> supervisor.run(
                        source,
                        sink.checkpoints(),
                        tables -> prepare(tables, router.targetsOf(tables), source, sink),
                        step -> sink.evolve(step, router.targetsOf(step.concerned())),
                        sink::abandon,
                        table -> new Sweep(vertx, settings).table(table)));
    }

    /** Makes the target ready, and lets the source know of its columns. */
    private static Uni<Void> prepare(
            List<SourceTable> tables, Map<SourceTable, TargetTable> targets, ShardSource source, Sink sink) {
        Connectors.verifyCopies(Connectors.copiedAtOnce(tables, source), sink);
        sink.avoid(source.identities());
        return sink.prepare(targets).invoke(() -> {
            for (SourceTable table : tables) {
                TargetTable target = Objects.requireNonNull(targets.get(table));
                source.meet(table, sink.columns(target), sink.grows());
            }
        });
    }

    /** Ends the pipeline; done when all that was under way is durable. */
    Uni<Void> drain() {
        return supervisor.drain();
    }

    /** Closes the connections, and waits for that. */
    void close() {
        for (Supplier<Uni<Void>> close : closing) {
            try {
                close.get().await().atMost(CLOSING);
            } catch (RuntimeException e) {
                LOG.debug("A connection can't be closed in good order", e);
            }
        }
    }
}
