package dev.tributary.config;

import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** Reads the settings before anything is started, so that all that is wrong with them is said at once. */
public final class SettingsReader {
    /** Variables that look like settings: read by the launcher, and by tests. */
    private static final Set<String> OTHERS = Set.of("TRIBUTARY_JAVA_OPTS");

    private SettingsReader() {}

    /**
     * The settings of this process: system properties, environment, files.
     *
     * @throws PipelineException of kind SETTING, with one line for each setting that is wrong
     */
    public static Settings read() {
        return read(SmallRyeConfigBuilder::addDefaultSources);
    }

    /** The same, of other sources than this process's own. */
    public static Settings read(UnaryOperator<SmallRyeConfigBuilder> sources) {
        List<String> wrong = new ArrayList<>();
        SmallRyeConfig texts = sources.apply(builder()).build();
        for (Setting setting : Setting.all()) {
            unreadable(texts, setting).ifPresent(wrong::add);
        }
        if (wrong.isEmpty()) {
            Settings settings =
                    sources.apply(builder()).withMapping(Settings.class).build().getConfigMapping(Settings.class);
            wrong.addAll(SettingsCheck.problems(settings));
            if (wrong.isEmpty()) {
                return settings;
            }
        }
        throw new PipelineException(Kind.SETTING, String.join("\n", wrong));
    }

    private static SmallRyeConfigBuilder builder() {
        return new SmallRyeConfigBuilder()
                .forClassLoader(Thread.currentThread().getContextClassLoader())
                .addDefaultInterceptors()
                .addDiscoveredInterceptors()
                .addDiscoveredConverters()
                .withMappingIgnore("tributary.**");
    }

    private static Optional<String> unreadable(SmallRyeConfig texts, Setting setting) {
        String text = texts.getConfigValue(setting.property()).getValue();
        if (text == null) {
            return Optional.empty();
        }
        if (text.isBlank()) {
            return setting.fallback()
                    .map(fallback -> setting.variable() + ": is empty; leave it out for the default, " + fallback);
        }
        if (setting.type() == String.class) {
            return Optional.empty();
        }
        try {
            texts.convert(text, setting.type());
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(setting.variable() + ": expected " + form(setting.type()) + ", not '" + text + "'");
        }
    }

    private static String form(Class<?> type) {
        if (type.isEnum()) {
            return Arrays.stream(type.getEnumConstants())
                    .map(value ->
                            ((Enum<?>) value).name().toLowerCase(Locale.ROOT).replace('_', '-'))
                    .collect(Collectors.joining(", ", "one of ", ""));
        }
        if (type == Duration.class) {
            return "a duration such as 500MS, 20S or 5M";
        }
        if (type == MemorySize.class) {
            return "a size in bytes such as 512K or 64M";
        }
        return type == boolean.class ? "true or false" : "a whole number";
    }

    /** A line for each environment variable that looks like a setting and is none. */
    public static List<String> unknown(Set<String> variables) {
        Set<String> known = Setting.all().stream().map(Setting::variable).collect(Collectors.toSet());
        return variables.stream()
                .filter(variable -> variable.startsWith("TRIBUTARY_") && !known.contains(variable))
                .filter(variable -> !OTHERS.contains(variable) && !ofKubernetes(variable))
                .sorted()
                .map(variable -> variable + ": no such setting, ignored; 'tributary help' lists them")
                .toList();
    }

    /** Kubernetes describes a service by variables that begin with its name. */
    private static boolean ofKubernetes(String variable) {
        return variable.matches("TRIBUTARY_(.+_)?(SERVICE_(HOST|PORT(_.+)?)|PORT(_\\d+_(TCP|UDP)(_.+)?)?)");
    }
}
