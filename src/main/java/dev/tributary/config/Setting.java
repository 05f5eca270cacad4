package dev.tributary.config;

import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * One setting as the user sees it, read off {@link Settings}.
 *
 * @param name without the prefix, such as {@code batch.rows}
 * @param type what its text is converted to
 * @param fallback the text of its default
 * @param summary what it does, in one line
 */
public record Setting(String name, Class<?> type, Optional<String> fallback, String summary) {
    private static final String PREFIX = "tributary.";
    private static final List<String> FIRST = List.of("source", "source.password", "sink", "sink.password");

    public Setting {
        Objects.requireNonNull(name);
        Objects.requireNonNull(type);
        Objects.requireNonNull(fallback);
        Objects.requireNonNull(summary);
    }

    /** Every setting: source and sink, then the others by name. */
    public static List<Setting> all() {
        List<Setting> settings = new ArrayList<>();
        collect(Settings.class, "", settings);
        settings.sort(Comparator.comparing(Setting::rank).thenComparing(Setting::name));
        return settings;
    }

    private static int rank(Setting setting) {
        int index = FIRST.indexOf(setting.name());
        return index < 0 ? FIRST.size() : index;
    }

    private static void collect(Class<?> group, String path, List<Setting> settings) {
        for (Method method : group.getDeclaredMethods()) {
            WithName given = method.getAnnotation(WithName.class);
            String name = path + (given == null ? kebabCase(method.getName()) : given.value());
            if (method.getReturnType().isInterface()) {
                collect(method.getReturnType(), name + ".", settings);
            } else {
                WithDefault fallback = method.getAnnotation(WithDefault.class);
                Summary summary = method.getAnnotation(Summary.class);
                settings.add(new Setting(
                        name,
                        type(method.getGenericReturnType()),
                        Optional.ofNullable(fallback).map(WithDefault::value),
                        summary == null ? "" : summary.value()));
            }
        }
    }

    private static Class<?> type(Type type) {
        return type instanceof ParameterizedType optional
                ? (Class<?>) optional.getActualTypeArguments()[0]
                : (Class<?>) type;
    }

    private static String kebabCase(String name) {
        return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    /** The configuration property: {@code tributary.batch.rows}. */
    public String property() {
        return PREFIX + name;
    }

    /** The environment variable: {@code TRIBUTARY_BATCH_ROWS}. */
    public String variable() {
        return variableOf(property());
    }

    /** The flag: {@code --batch.rows}. */
    public String flag() {
        return "--" + name;
    }

    /** The environment variable that sets a configuration property. */
    public static String variableOf(String property) {
        return property.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
    }
}
