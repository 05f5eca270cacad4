package dev.tributary;

import dev.tributary.config.Setting;

/** What {@code tributary help} prints. */
final class HelpText {
    private static final String VERBS = """
            Usage: tributary VERB [--SETTING VALUE …]

              run        carries changes from source to sink until it is stopped, or until --until says
              check      connects to source and sink, tells what it finds, changes nothing
              status     tells which process has which shard, and how far each is, as the target knows it; --json
              diff       compares both sides row by row while changes flow: exit code 0 equal, 1 different, 2 could not tell
              help       prints this
              --version  prints the version

            Exit code: 0 success, 1 failure, 2 wrong setting. Data goes to stdout, everything else to stderr.

            Flags of diff alone:

              --keyspace a        the one that is compared, of several that the source's URL names
              --tables a,b        compares these source tables only
              --limit 10          rows of each kind of difference that are shown of a table
              --json              one JSON document instead of lines
              --float-digits 6    takes FLOATs for equal that show the same six digits; default exact
              --wait 60S          how long the pipeline may take to catch up before a difference counts, from DynamoDB 180S;
                                  0S: not waited for
              --parallel 4        ranges of a table's key that are compared at a time

            Settings, as environment variable and as flag; the flag wins:

            """;

    private static final String QUARKUS = """

            Health and metrics: http://host:9000/q/health/live, /q/health/ready, /q/health/started and /q/metrics

              QUARKUS_MANAGEMENT_PORT  default 9000
              QUARKUS_MANAGEMENT_HOST  default 0.0.0.0
              QUARKUS_LOG_LEVEL        default INFO; DEBUG adds stack traces
            """;

    private HelpText() {}

    static String text() {
        StringBuilder text = new StringBuilder(VERBS);
        for (Setting setting : Setting.all()) {
            text.append("  ").append(setting.variable()).append("  ").append(setting.flag());
            setting.fallback().ifPresent(fallback -> text.append("  default ").append(fallback));
            text.append('\n').append("      ").append(setting.summary()).append('\n');
        }
        return text.append(QUARKUS).toString();
    }
}
