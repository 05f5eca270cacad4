package dev.tributary;

import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import java.time.Duration;

/** What the verbs that end by themselves wait for, on the main thread. */
final class Answer {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private Answer() {}

    /** @param setting the one that names who is asked */
    static <T> T of(String setting, Uni<T> work) {
        try {
            return work.await().atMost(PATIENCE);
        } catch (TimeoutException e) {
            throw new PipelineException(
                    Kind.TRANSIENT, setting + ": no answer within " + PATIENCE.toSeconds() + " s", e);
        }
    }
}
