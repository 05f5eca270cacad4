package dev.tributary.endtoend;

import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.tributary.endtoend.Refusal.Ended;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/**
 * What {@code run} must refuse, and {@code check}, which opens both sides by the same code: that is tried with every third.
 * All of it at once, as most of a process's time is waiting.
 */
final class Refusals implements AutoCloseable {
    private final List<Refusal> refusals = new ArrayList<>();
    private final Map<String, Future<Ended>> ends = new HashMap<>();
    private final ExecutorService threads = Executors.newFixedThreadPool(6);

    void add(String what, Map<String, String> settings, int code, String... said) {
        refusals.add(new Refusal(what, settings, code, List.of(said)));
    }

    void start() {
        for (Refusal refusal : refusals) {
            for (String verb : verbs(refusal)) {
                ends.put(verb + refusal.what(), refusal.start(verb, threads));
            }
        }
    }

    /** Of a parameterised test: verb and refusal. */
    Stream<Arguments> cases() {
        return refusals.stream().flatMap(refusal -> verbs(refusal).stream().map(verb -> arguments(verb, refusal)));
    }

    private List<String> verbs(Refusal refusal) {
        return refusals.indexOf(refusal) % 3 == 0 ? List.of("run", "check") : List.of("run");
    }

    void assertSaid(String verb, Refusal refusal) throws Exception {
        refusal.assertSaid(
                Objects.requireNonNull(ends.get(verb + refusal.what())).get());
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
