package dev.tributary;

import dev.tributary.config.Setting;
import dev.tributary.record.PipelineException;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.ConfigValidationException;
import java.net.BindException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jboss.logging.Logger;

/** Turns how a verb failed into one line on stderr and an exit code. */
final class Failures {
    private static final int FAILURE = 1;
    private static final int WRONG_SETTING = 2;
    private static final String MANAGEMENT = "quarkus.management.";
    private static final Pattern CONVERSION =
            Pattern.compile("The config property (\\S+) .* converted (?:SRCFG\\d+: )?(.*)$");
    private static final Logger LOG = Logger.getLogger(Failures.class);

    private Failures() {}

    /** Says what happened, and answers with the exit code. */
    static int report(Throwable failure) {
        Throwable cause = root(failure);
        LOG.debug("The stack trace of the failure", failure);
        return switch (cause) {
            case PipelineException known -> {
                String.valueOf(known.getMessage()).lines().forEach(Failures::say);
                yield known.kind() == PipelineException.Kind.SETTING ? WRONG_SETTING : FAILURE;
            }
            case BindException bind -> {
                Config config = ConfigProvider.getConfig();
                say("QUARKUS_MANAGEMENT_PORT: can't listen on "
                        + config.getConfigValue(MANAGEMENT + "host").getValue() + ":"
                        + config.getConfigValue(MANAGEMENT + "port").getValue() + " (" + bind.getMessage()
                        + "); end what uses it or set another port");
                yield FAILURE;
            }
            case ConfigValidationException wrong -> {
                for (int i = 0; i < wrong.getProblemCount(); i++) {
                    say(unreadable(wrong.getProblem(i).getMessage()));
                }
                yield WRONG_SETTING;
            }
            case ConfigurationException wrong -> {
                say(unreadable(String.valueOf(wrong.getMessage())));
                yield WRONG_SETTING;
            }
            default -> {
                say("failed unexpectedly: " + oneLine(cause.toString()) + "; QUARKUS_LOG_LEVEL=DEBUG shows where");
                yield FAILURE;
            }
        };
    }

    /** One line on stderr. */
    static void say(String line) {
        System.err.println("tributary: " + line);
    }

    private static Throwable root(Throwable failure) {
        Throwable cause = failure;
        while (!(cause instanceof PipelineException) && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** Names the environment variable where the configuration library names the property and repeats itself. */
    private static String unreadable(String problem) {
        Matcher matcher = CONVERSION.matcher(oneLine(problem));
        return matcher.find() ? Setting.variableOf(matcher.group(1)) + ": " + matcher.group(2) : oneLine(problem);
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s*\\R\\s*", " ");
    }
}
