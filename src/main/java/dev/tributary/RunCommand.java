package dev.tributary;

import dev.tributary.config.Settings;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.route.TableRouter;
import dev.tributary.sink.RoutedChannel;
import dev.tributary.sink.Sink;
import dev.tributary.source.ShardSource;
import dev.tributary.stream.Supervisor;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.QuarkusApplication;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.Dependent;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/** The verb {@code run}: the pipeline, until it has ended, has failed or was told to stop. */
@Dependent
class RunCommand implements QuarkusApplication {
    private static final Logger LOG = Logger.getLogger(RunCommand.class);

    private final Supervisor supervisor;
    private final RoutedChannel routed;
    private final Settings settings;
    private final Vertx vertx;
    private final MeterRegistry registry;
    private final Duration timeout;
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final CompletableFuture<Integer> exitCode = new CompletableFuture<>();

    RunCommand(Supervisor supervisor, RoutedChannel routed, Settings settings, Vertx vertx, MeterRegistry registry) {
        this.supervisor = supervisor;
        this.routed = routed;
        this.settings = settings;
        this.vertx = vertx;
        this.registry = registry;
        this.timeout = settings.shutdown().timeout();
    }

    @Override
    public int run(String... arguments) {
        ShardSource source = Connectors.source(settings, vertx);
        Sink sink = Connectors.sink(settings, vertx, registry);
        TableRouter router = new TableRouter(settings);
        LOG.infof("Tributary %s: pipeline '%s'", Version.text(), settings.pipeline());
        routed.connect(sink);
        sink.open()
                .chain(() -> supervisor.run(
                        source, sink.checkpoints(), tables -> sink.prepare(router.targetsOf(tables)), sink::abandon))
                .subscribe()
                .with(ended -> ended(), failure -> exitCode.complete(Failures.report(failure)));
        StopSignal.then(this::stop);
        int code = exitCode.join();
        StopSignal.endSoon(code);
        return code;
    }

    private void ended() {
        if (!stopping.get()) {
            exitCode.complete(0);
        }
    }

    private void stop() {
        stopping.set(true);
        supervisor
                .drain()
                .ifNoItem()
                .after(timeout)
                .failWith(() -> new PipelineException(
                        Kind.FATAL,
                        "not drained within TRIBUTARY_SHUTDOWN_TIMEOUT (" + timeout.toMillis()
                                + " ms): what was under way is not saved and will be read again"))
                .subscribe()
                .with(drained -> exitCode.complete(0), failure -> exitCode.complete(Failures.report(failure)));
    }
}
