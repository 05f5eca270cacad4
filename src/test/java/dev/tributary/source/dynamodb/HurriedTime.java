package dev.tributary.source.dynamodb;

import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Objects;

/** An event loop whose timers are run at once, and noted: what is asked for in which steps is seen without waiting for it. */
final class HurriedTime {
    private HurriedTime() {}

    /** @param pauses takes down what each timer was set to, in milliseconds */
    static Vertx vertx(Vertx vertx, Context context, List<Long> pauses) {
        return proxy(Vertx.class, (proxy, method, arguments) -> {
            if (!method.getName().equals("setTimer")) {
                return invoke(() -> method.invoke(vertx, arguments));
            }
            pauses.add((Long) arguments[0]);
            @SuppressWarnings("unchecked")
            Handler<Long> handler = (Handler<Long>) Objects.requireNonNull(arguments[1]);
            context.runOnContext(v -> handler.handle(0L));
            return 0L;
        });
    }

    /** The same context, of that Vert.x. */
    static Context context(Context context, Vertx owner) {
        return proxy(
                Context.class,
                (proxy, method, arguments) ->
                        method.getName().equals("owner") ? owner : invoke(() -> method.invoke(context, arguments)));
    }

    private interface Call {
        Object run() throws ReflectiveOperationException;
    }

    private static Object invoke(Call call) throws Throwable {
        try {
            return call.run();
        } catch (InvocationTargetException e) {
            throw Objects.requireNonNull(e.getCause());
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(HurriedTime.class.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
