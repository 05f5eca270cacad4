package dev.tributary.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.TributaryProcess;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/**
 * Settings that {@code run} and {@code check} can't work with, and how they must say so.
 *
 * @param what is wrong
 * @param settings every environment variable
 * @param code the exit code
 * @param said what the line must contain
 */
record Refusal(String what, Map<String, String> settings, int code, List<String> said) {
    /** More than the twenty seconds that a silent server is waited for, on a busy machine. */
    private static final Duration SOON = Duration.ofSeconds(60);

    /** No part of any line. */
    static final String SECRET = "s3cret";

    /** How a process ended. */
    record Ended(int code, List<String> errors) {}

    /** Starts a process and waits for its end, on a thread of these. */
    Future<Ended> start(String verb, ExecutorService threads) {
        return threads.submit(() -> {
            TributaryProcess.Start start =
                    TributaryProcess.of(verb).java("-Xmx256m").with("QUARKUS_MANAGEMENT_PORT", "0");
            settings.forEach(start::with);
            try (TributaryProcess process = start.start()) {
                int ended = process.exitCode(SOON);
                return new Ended(ended, process.errors());
            }
        });
    }

    /** One line, without a stack trace; before it {@code run} may log what it does. */
    void assertSaid(Ended ended) {
        List<String> lines = ended.errors().stream()
                .filter(line -> !line.matches("\\d{4}-\\S+ INFO  \\[.*"))
                .toList();
        String all = String.join("\n", ended.errors());
        assertThat(lines).as(all).hasSize(1);
        assertThat(lines.getFirst()).startsWith("tributary: ").contains(said);
        assertThat(ended.code()).as(all).isEqualTo(code);
        assertThat(all).doesNotContain(SECRET);
    }

    @Override
    public String toString() {
        return what;
    }
}
