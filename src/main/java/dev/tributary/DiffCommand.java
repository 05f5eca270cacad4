package dev.tributary;

import dev.tributary.config.Settings;
import dev.tributary.diff.Diff;
import dev.tributary.diff.DiffOptions;
import dev.tributary.diff.DiffReport;
import dev.tributary.diff.ItemDiff;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The verb {@code diff}: compares both sides and prints how they differ; changes nothing. */
final class DiffCommand {
    private static final int COULD_NOT_TELL = DiffReport.Verdict.UNKNOWN.exitCode();

    private static final Duration PATIENCE = DiffOptions.defaults().patience();

    private DiffCommand() {}

    /** Adds the flags that no other verb has. */
    static void addFlags(CommandSpec spec) {
        DiffOptions defaults = DiffOptions.defaults();
        spec.addOption(flag("--keyspace", ""));
        spec.addOption(flag("--tables", ""));
        spec.addOption(flag("--limit", String.valueOf(defaults.limit())));
        spec.addOption(flag("--float-digits", "exact"));
        // by the source
        spec.addOption(flag("--wait", ""));
        spec.addOption(flag("--parallel", String.valueOf(defaults.parallel())));
        spec.addOption(OptionSpec.builder("--json")
                .type(Boolean.class)
                .arity("0")
                .defaultValue("false")
                .build());
    }

    private static OptionSpec flag(String name, String fallback) {
        return OptionSpec.builder(name)
                .type(String.class)
                .arity("1")
                .paramLabel(name)
                .defaultValue(fallback)
                .build();
    }

    /** Every failure is one to tell: none of them says that the sides differ. */
    static int run(Settings settings, CommandSpec spec) {
        try {
            boolean items = ItemDiff.isFor(settings);
            DiffOptions options = options(spec, items ? ItemDiff.patience(settings) : PATIENCE);
            DiffReport report = (items
                            ? new ItemDiff(Vertx.vertx(), settings, options, Failures::say).run()
                            : new Diff(Vertx.vertx(), settings, options, Failures::say).run())
                    .await()
                    .indefinitely();
            if (Boolean.TRUE.equals(spec.findOption("--json").getValue())) {
                System.out.println(report.json().encodePrettily());
            } else {
                report.lines().forEach(System.out::println);
            }
            return report.verdict().exitCode();
        } catch (RuntimeException e) {
            Failures.report(e);
            return COULD_NOT_TELL;
        }
    }

    private static DiffOptions options(CommandSpec spec, Duration patience) {
        Set<String> tables = new LinkedHashSet<>();
        for (String table : text(spec, "--tables").split(",", -1)) {
            if (!table.isBlank()) {
                tables.add(table.strip());
            }
        }
        return new DiffOptions(
                text(spec, "--keyspace"),
                tables,
                number(spec, "--limit", 0, 1000),
                shortFloats(text(spec, "--float-digits")),
                text(spec, "--wait").isEmpty() ? patience : duration(text(spec, "--wait")),
                number(spec, "--parallel", 1, 64));
    }

    private static String text(CommandSpec spec, String flag) {
        return spec.findOption(flag).getValue();
    }

    private static int number(CommandSpec spec, String flag, int min, int max) {
        String text = text(spec, flag);
        if (!text.matches("[0-9]{1,6}") || Integer.parseInt(text) < min || Integer.parseInt(text) > max) {
            throw wrong(flag + ": expected a number from " + min + " to " + max + ", not '" + text + "'");
        }
        return Integer.parseInt(text);
    }

    private static boolean shortFloats(String text) {
        return switch (text) {
            case "exact" -> false;
            case "6" -> true;
            default -> throw wrong("--float-digits: expected 6 or exact, not '" + text + "'");
        };
    }

    private static Duration duration(String text) {
        try {
            Duration duration = Duration.parse("PT" + text.toUpperCase(Locale.ROOT));
            if (!duration.isNegative()) {
                return duration;
            }
        } catch (DateTimeParseException e) {
            // said below
        }
        throw wrong("--wait: expected a duration such as 30S or 5M, not '" + text + "'");
    }

    private static PipelineException wrong(String what) {
        return new PipelineException(Kind.SETTING, what);
    }
}
