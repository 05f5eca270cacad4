package dev.tributary.console;

import io.quarkus.logging.LoggingFilter;
import java.util.logging.Filter;
import java.util.logging.LogRecord;

/** Takes the progress off the terminal before a line is logged; it is drawn again below that. On any thread. */
@LoggingFilter(name = "progress")
public final class ProgressFilter implements Filter {

    @Override
    public boolean isLoggable(LogRecord line) {
        Terminal.STDERR.erase();
        return true;
    }
}
