package dev.tributary.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.RejectedExecutionException;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class ProgressFilterTest {
    private static boolean isLogged(Throwable thrown) {
        LogRecord line = new LogRecord(Level.SEVERE, "Uncaught exception");
        line.setThrown(thrown);
        return new ProgressFilter().isLoggable(line);
    }

    @Test
    void onlyWhatComesBehindTheLastEventLoopIsLeftOut() {
        Exception behind = new RejectedExecutionException("event executor terminated");

        assertThat(isLogged(behind)).isFalse();
        assertThat(isLogged(new IllegalStateException("wrapped", behind))).isFalse();
        assertThat(isLogged(new RejectedExecutionException("the queue is full")))
                .isTrue();
        assertThat(isLogged(new IllegalStateException("another"))).isTrue();
    }
}
