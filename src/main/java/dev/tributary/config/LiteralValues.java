package dev.tributary.config;

import io.smallrye.config.ConfigSourceInterceptor;
import io.smallrye.config.ConfigSourceInterceptorContext;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.Expressions;
import io.smallrye.config.Priorities;
import jakarta.annotation.Priority;
import org.jspecify.annotations.Nullable;

/**
 * Takes settings as they are written. Elsewhere {@code ${…}} is replaced and {@code $$} becomes {@code $}, which would
 * silently change a password.
 */
@Priority(Priorities.LIBRARY + 900)
public final class LiteralValues implements ConfigSourceInterceptor {
    private static final long serialVersionUID = 1;

    @Override
    public @Nullable ConfigValue getValue(ConfigSourceInterceptorContext context, String name) {
        return name.startsWith("tributary.")
                ? Expressions.withoutExpansion(() -> context.proceed(name))
                : context.proceed(name);
    }
}
