package dev.tributary.console;

import io.quarkus.logging.LoggingFilter;
import java.util.concurrent.RejectedExecutionException;
import java.util.logging.Filter;
import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;

/**
 * Takes the progress off the terminal before a line is logged; it is drawn again below that. Lines of clients that hear of the end of
 * something after the last event loop has ended are left out: nobody can do anything about them. On any thread.
 */
@LoggingFilter(name = "progress")
public final class ProgressFilter implements Filter {

    @Override
    public boolean isLoggable(LogRecord line) {
        if (isOfEndedLoops(line.getThrown())) {
            return false;
        }
        Terminal.STDERR.erase();
        return true;
    }

    /** Netty 4.1, SingleThreadEventExecutor.java. */
    private static boolean isOfEndedLoops(@Nullable Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof RejectedExecutionException && "event executor terminated".equals(cause.getMessage())) {
                return true;
            }
        }
        return false;
    }
}
