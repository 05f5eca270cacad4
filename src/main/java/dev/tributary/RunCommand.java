package dev.tributary;

import dev.tributary.config.Settings;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.stream.Supervisor;
import io.quarkus.runtime.QuarkusApplication;
import jakarta.enterprise.context.Dependent;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/** The verb {@code run}: the pipeline, until it has ended, has failed or was told to stop. */
@Dependent
class RunCommand implements QuarkusApplication {
    private final Supervisor supervisor;
    private final Settings settings;
    private final Duration timeout;
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final CompletableFuture<Integer> exitCode = new CompletableFuture<>();

    RunCommand(Supervisor supervisor, Settings settings) {
        this.supervisor = supervisor;
        this.settings = settings;
        this.timeout = settings.shutdown().timeout();
    }

    @Override
    public int run(String... arguments) {
        LOG.infof(
                "Tributary %s: pipeline '%s' from %s to %s",
                Version.text(),
                settings.pipeline(),
                Settings.url("source", settings.source(), settings.sourcePassword()),
                settings.sinkUrl());
        supervisor.run().subscribe().with(ended -> ended(), failure -> exitCode.complete(Failures.report(failure)));
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
