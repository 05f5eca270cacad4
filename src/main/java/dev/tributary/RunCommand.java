package dev.tributary;

import dev.tributary.config.ConnectionUrl;
import dev.tributary.config.Settings;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import io.quarkus.runtime.QuarkusApplication;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import jakarta.enterprise.context.Dependent;
import java.util.concurrent.CompletableFuture;
import org.jboss.logging.Logger;

/** The verb {@code run}: the pipeline, until it has ended, has failed or was told to stop. */
@Dependent
class RunCommand implements QuarkusApplication {
    private static final Logger LOG = Logger.getLogger(RunCommand.class);

    private final Pipeline pipeline;
    private final Settings settings;

    RunCommand(Pipeline pipeline, Settings settings) {
        this.pipeline = pipeline;
        this.settings = settings;
    }

    @Override
    public int run(String... arguments) {
        LOG.infof(
                "tributary %s carries %s to %s, pipeline '%s'",
                Version.text(), ConnectionUrl.ofSource(settings), ConnectionUrl.ofSink(settings), settings.pipeline());
        CompletableFuture<Integer> ended = new CompletableFuture<>();
        Cancellable running = codeOf(Uni.createFrom().deferred(pipeline::run), ended);
        // everything waits on this thread: that of a signal can't even load this application's classes
        CompletableFuture.anyOf(ended, StopSignal.requested()).join();
        int code = ended.isDone() ? ended.join() : drained();
        StopSignal.endSoon(code);
        running.cancel();
        pipeline.close();
        return code;
    }

    private int drained() {
        LOG.infof("stopping: up to %s for what is under way to become durable", limit());
        CompletableFuture<Integer> drained = new CompletableFuture<>();
        codeOf(
                Uni.createFrom()
                        .deferred(pipeline::drain)
                        .ifNoItem()
                        .after(settings.shutdown().timeout())
                        .failWith(this::tooSlow),
                drained);
        return drained.join();
    }

    private static Cancellable codeOf(Uni<Void> work, CompletableFuture<Integer> code) {
        return work.subscribe().with(done -> code.complete(0), failure -> code.complete(Failures.report(failure)));
    }

    private PipelineException tooSlow() {
        return new PipelineException(
                Kind.FATAL,
                "TRIBUTARY_SHUTDOWN_TIMEOUT: not drained within " + limit()
                        + "; what was under way is not saved and will be read again");
    }

    private String limit() {
        return settings.shutdown().timeout().toString().replaceFirst("^PT", "");
    }
}
