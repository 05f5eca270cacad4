package dev.tributary;

import dev.tributary.config.Setting;
import dev.tributary.config.Settings;
import dev.tributary.config.SettingsReader;
import io.quarkus.runtime.Quarkus;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** The verbs and their flags. Every setting is a flag of every verb that reads settings. */
final class Verbs {
    private Verbs() {}

    /** Answers with the exit code. */
    static CommandLine commandLine() {
        CommandSpec root = CommandSpec.wrapWithoutInspection((Callable<Integer>) Verbs::nothingGiven)
                .name("tributary")
                .addOption(OptionSpec.builder("--version").versionHelp(true).build())
                .addOption(OptionSpec.builder("-h", "--help").usageHelp(true).build());
        root.addSubcommand("run", withSettings(Verbs::run));
        root.addSubcommand("check", withSettings(CheckCommand::run));
        root.addSubcommand("status", status());
        root.addSubcommand("diff", diff());
        root.addSubcommand("help", withoutSettings(Verbs::help));
        CommandLine commandLine = new CommandLine(root)
                .setExpandAtFiles(false)
                .setParameterExceptionHandler(Verbs::wrongArguments)
                .setExecutionExceptionHandler((failure, command, parsed) -> Failures.report(failure))
                .setExecutionStrategy(Verbs::execute);
        commandLine.getSubcommands().values().forEach(verb -> verb.setExpandAtFiles(false));
        return commandLine;
    }

    private static int execute(ParseResult parsed) {
        if (parsed.isUsageHelpRequested()
                || (parsed.hasSubcommand() && parsed.subcommand().isUsageHelpRequested())) {
            return help();
        }
        if (parsed.isVersionHelpRequested()) {
            System.out.println("tributary " + Version.text());
            return 0;
        }
        return new CommandLine.RunLast().execute(parsed);
    }

    private static CommandSpec withoutSettings(Callable<Integer> verb) {
        return CommandSpec.wrapWithoutInspection(verb)
                .addOption(OptionSpec.builder("-h", "--help").usageHelp(true).build());
    }

    private static CommandSpec status() {
        CommandSpec[] self = new CommandSpec[1];
        self[0] = withSettings(settings -> StatusCommand.run(settings, self[0]));
        StatusCommand.addFlags(self[0]);
        return self[0];
    }

    private static CommandSpec diff() {
        CommandSpec[] self = new CommandSpec[1];
        self[0] = withSettings(settings -> DiffCommand.run(settings, self[0]));
        DiffCommand.addFlags(self[0]);
        return self[0];
    }

    private static CommandSpec withSettings(ToIntFunction<Settings> verb) {
        CommandSpec[] self = new CommandSpec[1];
        Set<String> settings = Setting.all().stream().map(Setting::flag).collect(Collectors.toSet());
        CommandSpec spec = withoutSettings(() -> {
            self[0].options().stream()
                    .filter(option -> settings.contains(option.longestName()))
                    .filter(option -> option.typedValues().size() == 1 && option.getValue() instanceof String)
                    .forEach(option -> System.setProperty(
                            "tributary." + option.longestName().substring(2), option.getValue()));
            SettingsReader.unknown(System.getenv().keySet()).forEach(Failures::say);
            return verb.applyAsInt(SettingsReader.read());
        });
        self[0] = spec;
        for (Setting setting : Setting.all()) {
            spec.addOption(OptionSpec.builder(setting.flag())
                    .type(String.class)
                    .arity("1")
                    .paramLabel(setting.flag())
                    .build());
        }
        return spec;
    }

    private static int run(Settings settings) {
        StopSignal.listen(settings.shutdown().timeout());
        AtomicInteger code = new AtomicInteger();
        Quarkus.run(RunCommand.class, (exitCode, failure) -> {
            code.set(failure == null ? exitCode : Failures.report(failure));
        });
        return code.get();
    }

    private static int help() {
        System.out.print(HelpText.text());
        return 0;
    }

    private static int nothingGiven() {
        Failures.say("no verb given; 'tributary help' lists them");
        return 2;
    }

    private static int wrongArguments(ParameterException wrong, String... arguments) {
        if (wrong instanceof UnmatchedArgumentException unmatched) {
            Failures.say("unknown " + (unmatched.isUnknownOption() ? "flag " : "verb or argument ")
                    + unmatched.getUnmatched().getFirst() + "; 'tributary help' lists them");
        } else if (wrong instanceof MissingParameterException missing) {
            Failures.say("no value given for " + missing.getMissing().getFirst().paramLabel());
        } else {
            Failures.say(String.valueOf(wrong.getMessage()).lines().findFirst().orElse("wrong arguments"));
        }
        return 2;
    }
}
