package dev.tributary.sink.mysql;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.impl.ContextInternal;

/** Moves results to the context that owns the state they change. */
final class Contexts {
    private Contexts() {}

    /** The same result, told on a context. */
    static <T> Future<T> on(ContextInternal context, Future<T> future) {
        Promise<T> promise = context.promise();
        future.onComplete(promise);
        return promise.future();
    }
}
