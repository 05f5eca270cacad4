package dev.tributary.servers;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Does things side by side and returns when all of them have ended. */
final class Parallel {
    private Parallel() {}

    static <T, R> List<R> map(Collection<T> inputs, Function<T, R> step) {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<R>> tasks = inputs.stream()
                    .<Callable<R>>map(input -> () -> step.apply(input))
                    .toList();
            List<R> results = new ArrayList<>();
            RuntimeException failure = null;
            for (Future<R> future : threads.invokeAll(tasks)) {
                try {
                    results.add(future.get());
                } catch (ExecutionException e) {
                    failure = joined(failure, e);
                }
            }
            if (failure != null) {
                throw failure;
            }
            return results;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        }
    }

    static <T> void run(Collection<T> inputs, Consumer<T> step) {
        map(inputs, input -> {
            step.accept(input);
            return true;
        });
    }

    static void run(Runnable... steps) {
        run(List.of(steps), Runnable::run);
    }

    private static RuntimeException joined(@Nullable RuntimeException first, ExecutionException next) {
        Throwable cause = next.getCause();
        RuntimeException failure = cause instanceof RuntimeException known ? known : new IllegalStateException(cause);
        if (first == null) {
            return failure;
        }
        first.addSuppressed(failure);
        return first;
    }
}
