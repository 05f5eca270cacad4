package dev.tributary.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.TributaryProcess;
import dev.tributary.servers.Await;
import java.sql.SQLException;
import java.time.Duration;

/** What the tests of the running pipeline wait for and look at. */
final class EndToEnd {
    /** More than anything takes on a busy machine; less when a planted defect is expected to be waited for in vain. */
    static final Duration LIMIT = Duration.ofSeconds(Integer.getInteger("limit", 120));

    private EndToEnd() {}

    /** Waits for a condition that a pipeline brings about; its end before that is an error at once. */
    static void await(String what, TributaryProcess pipeline, Await.Condition condition) {
        Await.until(
                what + ", or the pipeline ended",
                LIMIT,
                () -> !pipeline.isAlive() || condition.holds(),
                () -> said(pipeline));
        assertThat(pipeline.isAlive())
                .as(() -> "waiting until " + what + ":\n" + said(pipeline))
                .isTrue();
    }

    static void awaitFollowing(Replica replica, TributaryProcess pipeline) {
        await("it follows", pipeline, replica::follows);
    }

    static void assertExit(TributaryProcess pipeline, int code) {
        assertThat(pipeline.exitCode(LIMIT)).as(() -> said(pipeline)).isEqualTo(code);
    }

    static void assertEqual(Replica replica) throws SQLException {
        assertThat(replica.compare().toString()).endsWith("equal").doesNotContain(" 0 rows, equal");
    }

    /** All that it wrote to stderr. */
    static String said(TributaryProcess pipeline) {
        return String.join("\n", pipeline.errors());
    }
}
