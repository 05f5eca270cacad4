package dev.tributary;

import dev.tributary.config.ConnectionUrl;
import dev.tributary.config.Settings;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import io.quarkus.runtime.QuarkusApplication;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.Dependent;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/** The verb {@code run}: the pipeline, until it has ended, has failed or was told to stop. */
@Dependent
class RunCommand implements QuarkusApplication {
    private static final Logger LOG = Logger.getLogger(RunCommand.class);

    private final Pipeline pipeline;
    private final Settings settings;
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final CompletableFuture<Integer> exitCode = new CompletableFuture<>();

    RunCommand(Pipeline pipeline, Settings settings) {
        this.pipeline = pipeline;
        this.settings = settings;
    }

    @Override
    public int run(String... arguments) {
        LOG.infof(
                "tributary %s carries %s to %s, pipeline '%s'",
                Version.text(), ConnectionUrl.ofSource(settings), ConnectionUrl.ofSink(settings), settings.pipeline());
        Uni.createFrom()
                .deferred(pipeline::run)
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
        LOG.infof("stopping: up to %s for what is under way to become durable", limit());
        pipeline.drain()
                .ifNoItem()
                .after(settings.shutdown().timeout())
                .failWith(() -> new PipelineException(
                        Kind.FATAL,
                        "TRIBUTARY_SHUTDOWN_TIMEOUT: not drained within " + limit()
                                + "; what was under way is not saved and will be read again"))
                .subscribe()
                .with(drained -> exitCode.complete(0), failure -> exitCode.complete(Failures.report(failure)));
    }

    private String limit() {
        return settings.shutdown().timeout().toString().replaceFirst("^PT", "");
    }
}
