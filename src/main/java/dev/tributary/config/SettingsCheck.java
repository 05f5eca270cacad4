package dev.tributary.config;

import dev.tributary.record.PipelineException;
import io.quarkus.runtime.configuration.MemorySize;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The bounds of the settings, and how they fit each other. */
final class SettingsCheck {
    private final List<String> problems = new ArrayList<>();

    private SettingsCheck() {}

    /** One line for each setting that is out of bounds. */
    static List<String> problems(Settings settings) {
        SettingsCheck check = new SettingsCheck();
        check.url(() -> ConnectionUrl.ofSource(settings));
        check.url(() -> ConnectionUrl.ofSink(settings));
        check.length("pipeline", settings.pipeline(), 64);
        check.number("batch.rows", settings.batch().rows(), 1, 100_000);
        check.size("batch.bytes", settings.batch().bytes(), 1024, 1L << 30);
        check.duration("batch.delay", settings.batch().delay(), Duration.ZERO, Duration.ofHours(1));
        settings.buffer().bytes().ifPresent(bytes -> check.size("buffer.bytes", bytes, 1L << 20, 1L << 40));
        check.number("copy.parts", settings.copy().parts(), 1, 64);
        check.number("copy.range-rows", settings.copy().rangeRows(), 1, Long.MAX_VALUE);
        check.duration("retry.delay", settings.retry().delay(), Duration.ofMillis(1), Duration.ofDays(1));
        check.duration("retry.max-delay", settings.retry().maxDelay(), Duration.ofMillis(1), Duration.ofDays(1));
        check.duration("shutdown.timeout", settings.shutdown().timeout(), Duration.ZERO, Duration.ofHours(1));
        check.duration("lease.duration", settings.lease().duration(), Duration.ofSeconds(2), Duration.ofHours(1));
        if (check.problems.isEmpty()) {
            check.together(settings);
        }
        return check.problems;
    }

    private void together(Settings settings) {
        Settings.Retry retry = settings.retry();
        if (retry.maxDelay().compareTo(retry.delay()) < 0) {
            wrong("retry.max-delay", "the longest pause is shorter than the first, " + variable("retry.delay"));
        }
        if (settings.batch().bytes().asLongValue() > BufferSize.of(settings)) {
            wrong("batch.bytes", "a batch must fit into " + variable("buffer.bytes"));
        }
    }

    private void url(Runnable url) {
        try {
            url.run();
        } catch (PipelineException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
    }

    private void length(String name, String text, int max) {
        if (text.isBlank() || text.length() > max) {
            wrong(name, "expected 1 to " + max + " characters");
        }
    }

    private void number(String name, long number, long min, long max) {
        if (number < min || number > max) {
            wrong(
                    name,
                    "expected " + range(Long.toString(min), Long.toString(max), max == Long.MAX_VALUE) + ", not "
                            + number);
        }
    }

    private void size(String name, MemorySize size, long min, long max) {
        BigInteger bytes = size.asBigInteger();
        if (bytes.compareTo(BigInteger.valueOf(min)) < 0 || bytes.compareTo(BigInteger.valueOf(max)) > 0) {
            wrong(name, "expected " + range(text(min), text(max), false) + ", not " + bytes + " bytes");
        }
    }

    private void duration(String name, Duration duration, Duration min, Duration max) {
        if (duration.compareTo(min) < 0 || duration.compareTo(max) > 0) {
            wrong(name, "expected " + range(text(min), text(max), false) + ", not " + text(duration));
        }
    }

    private void wrong(String name, String what) {
        problems.add(variable(name) + ": " + what);
    }

    private static String variable(String name) {
        return Setting.variableOf("tributary." + name);
    }

    private static String range(String min, String max, boolean open) {
        return open ? min + " or more" : min + " to " + max;
    }

    private static String text(long bytes) {
        int unit = Math.min(Long.numberOfTrailingZeros(bytes) / 10, 4);
        return (bytes >> (10 * unit)) + List.of("", "K", "M", "G", "T").get(unit);
    }

    private static String text(Duration duration) {
        return duration.toString().replaceFirst("^PT", "");
    }
}
