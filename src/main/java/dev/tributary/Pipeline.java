package dev.tributary;

import dev.tributary.config.Settings;
import dev.tributary.route.TableRouter;
import dev.tributary.sink.RoutedChannel;
import dev.tributary.sink.Sink;
import dev.tributary.source.ShardSource;
import dev.tributary.stream.Supervisor;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;

/** The one pipeline of the process: source, streams and sink, joined as the settings say. */
@ApplicationScoped
class Pipeline {
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
     * Runs until the pipeline is over, or fails with what it can't go on from; the connections are closed then. What can't be
     * reached at the start is a failure: a wrong address must not look like a server that is slow to come.
     */
    Uni<Void> run() {
        ShardSource source = Connectors.source(settings, vertx);
        Sink sink = Connectors.sink(settings, vertx, registry);
        TableRouter router = new TableRouter(settings);
        routed.connect(sink);
        return sink.open()
                .chain(() -> supervisor.run(
                        source, sink.checkpoints(), tables -> sink.prepare(router.targetsOf(tables)), sink::abandon))
                .eventually(source::close)
                .eventually(sink::close);
    }

    /** Ends the pipeline; done when all that was under way is durable. */
    Uni<Void> drain() {
        return supervisor.drain();
    }
}
