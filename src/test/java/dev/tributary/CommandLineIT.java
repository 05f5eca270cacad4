package dev.tributary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tributary.config.Setting;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line as its user meets it: exit codes, and one line for each thing that is wrong. */
class CommandLineIT {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String NOBODY_LISTENS = "127.0.0.1:1";

    @Test
    void helpListsEverySettingOnStdout() {
        try (TributaryProcess help = TributaryProcess.of("help").end()) {
            assertThat(help.exitCode()).isZero();
            assertThat(help.errors()).isEmpty();
            assertThat(help.output())
                    .contains("  TRIBUTARY_BATCH_ROWS  --batch.rows  default 5000")
                    .anyMatch(line -> line.startsWith("Usage: tributary VERB"));
            for (Setting setting : Setting.all()) {
                assertThat(help.output())
                        .anyMatch(line -> line.startsWith("  " + setting.variable() + "  " + setting.flag()));
            }
        }
    }

    @Test
    void theVersionIsOneLineOnStdout() {
        try (TributaryProcess version = TributaryProcess.of("--version").end()) {
            assertThat(version.exitCode()).isZero();
            assertThat(version.output()).singleElement().asString().matches("tributary \\d+\\.\\d+\\.\\d+\\S*");
        }
    }

    @Test
    void withoutAVerbItSaysWhereTheyAreListed() {
        try (TributaryProcess nothing = TributaryProcess.of().end()) {
            assertWrong(nothing, "tributary: no verb given; 'tributary help' lists them");
        }
    }

    @Test
    void anUnknownVerbIsAWrongSetting() {
        try (TributaryProcess unknown = TributaryProcess.of("fly").end()) {
            assertWrong(unknown, "tributary: unknown verb or argument fly; 'tributary help' lists them");
        }
    }

    @Test
    void anUnknownFlagIsAWrongSetting() {
        try (TributaryProcess unknown =
                TributaryProcess.of("run", "--batch.row", "5").end()) {
            assertWrong(unknown, "tributary: unknown flag --batch.row; 'tributary help' lists them");
        }
    }

    @Test
    void aFlagWithoutItsValueIsAWrongSetting() {
        try (TributaryProcess unfinished = TributaryProcess.of("run", "--until").end()) {
            assertWrong(unfinished, "tributary: no value given for --until");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "check", "diff"})
    void sourceAndSinkMustBeSet(String verb) {
        try (TributaryProcess empty = TributaryProcess.of(verb).end()) {
            assertWrong(
                    empty,
                    "tributary: TRIBUTARY_SOURCE: is not set; 'tributary help' tells what it holds",
                    "tributary: TRIBUTARY_SINK: is not set; 'tributary help' tells what it holds");
        }
    }

    @Test
    void everythingWrongIsSaidAtOnceAndAFlagWinsOverTheEnvironment() {
        try (TributaryProcess wrong = start("run", "--batch.rows=0", "--copy.parts", "1000")
                .with("TRIBUTARY_BATCH_ROWS", "7")
                .with("TRIBUTARY_COPY_PART", "7")
                .end()) {
            assertWrong(
                    wrong,
                    "tributary: TRIBUTARY_COPY_PART: no such setting, ignored; 'tributary help' lists them",
                    "tributary: TRIBUTARY_BATCH_ROWS: expected 1 to 100000, not 0",
                    "tributary: TRIBUTARY_COPY_PARTS: expected 1 to 64, not 1000");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "--limit, many, a number from 0 to 1000",
        "--float-digits, 7, 6 or exact",
        "--wait, soon, a duration such as 30S or 5M",
        "--parallel, 0, a number from 1 to 64"
    })
    void aWrongFlagOfDiffIsSaid(String flag, String value, String expected) {
        try (TributaryProcess wrong = start("diff", flag, value).end()) {
            assertWrong(wrong, "tributary: " + flag + ": expected " + expected + ", not '" + value + "'");
        }
    }

    @Test
    void aWrongUrlEndsDiffWithTheSettingsName() {
        try (TributaryProcess wrong =
                start("diff", "--sink", "mysql://app@db/replica?speed=9").end()) {
            assertThat(wrong.exitCode()).isEqualTo(2);
            assertThat(wrong.errors()).singleElement().asString().contains("TRIBUTARY_SINK: unknown parameter 'speed'");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"vitess://u:s3cret^@g/k", "vitess://u:s3cret@/k", "pigeon://u:s3cret@g/k"})
    void aWrongUrlIsAWrongSettingAndItsPasswordIsNotShown(String url) {
        try (TributaryProcess wrong = start("run", "--source", url)
                .with("QUARKUS_MANAGEMENT_PORT", "0")
                .end()) {
            assertThat(wrong.exitCode()).isEqualTo(2);
            assertThat(wrong.errors().getLast()).startsWith("tributary: TRIBUTARY_SOURCE: ");
            assertThat(wrong.errors()).noneMatch(line -> line.contains("s3cret"));
        }
    }

    @Test
    void checkSaysInALineForEachSideThatItDoesNotAnswer() {
        try (TributaryProcess check = start("check").end()) {
            assertThat(check.exitCode()).isEqualTo(1);
            assertThat(check.output()).isEmpty();
            assertThat(check.errors())
                    .hasSize(2)
                    .allSatisfy(
                            line -> assertThat(line).startsWith("tributary: ").contains("127.0.0.1:1"));
        }
    }

    @Test
    void aPortInUseIsOneLineThatNamesTheSetting() throws IOException {
        try (ServerSocket taken = new ServerSocket(0);
                TributaryProcess second = start("run")
                        .with("QUARKUS_MANAGEMENT_PORT", String.valueOf(taken.getLocalPort()))
                        .end()) {
            assertThat(second.exitCode()).isEqualTo(1);
            assertThat(second.errors())
                    .containsExactly("tributary: QUARKUS_MANAGEMENT_PORT: can't listen on 0.0.0.0:"
                            + taken.getLocalPort() + " (Address already in use); end what uses it or set another port");
        }
    }

    @Test
    void aWrongPortIsOneLineThatNamesTheSetting() {
        try (TributaryProcess wrong =
                start("run").with("QUARKUS_MANAGEMENT_PORT", "many").end()) {
            assertWrong(wrong, "tributary: QUARKUS_MANAGEMENT_PORT: Expected an integer value, got \"many\"");
        }
    }

    @Test
    void aTargetThatDoesNotAnswerIsOneLine() {
        try (TributaryProcess run =
                start("run").with("QUARKUS_MANAGEMENT_PORT", "0").end()) {
            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.errors().getLast()).startsWith("tributary: ").contains(NOBODY_LISTENS);
        }
    }

    @ParameterizedTest
    @CsvSource({"TERM, 15", "INT, 2", "HUP, 1"})
    void aSignalEndsItInGoodOrder(String signal, int number) throws IOException {
        assumeTrue(
                (ignoredSignals() >> (number - 1) & 1) == 0,
                "SIG" + signal + " is ignored here, as in the background or under nohup");
        try (ServerSocket silent = new ServerSocket(0);
                TributaryProcess run = start("run", "--sink", mysql(silent))
                        .with("QUARKUS_MANAGEMENT_PORT", "0")
                        .start()) {
            run.awaitLine(" carries ", SOON).signal(signal);

            assertThat(run.exitCode(SOON)).isZero();
            assertThat(run.output()).isEmpty();
            assertThat(run.errors()).hasSize(2).allMatch(line -> line.matches("\\d{4}-\\S+ INFO  \\[.*"));
        }
    }

    @Test
    void whileItRunsHealthAndMetricsAreServedAndItsSettingsAreTakenLiterally() throws Exception {
        int port = freePort();
        try (ServerSocket silent = new ServerSocket(0);
                TributaryProcess run = start("run", "--sink", mysql(silent), "--pipeline", "a$$b${c}")
                        .with("QUARKUS_MANAGEMENT_PORT", String.valueOf(port))
                        .start()) {
            run.awaitLine("pipeline 'a$$b${c}'", SOON);

            assertThat(get(port, "/q/health/live")).startsWith("200 ");
            assertThat(get(port, "/q/health/started")).startsWith("503 ");
            assertThat(get(port, "/q/health/ready")).startsWith("503 ");
            assertThat(get(port, "/q/metrics")).startsWith("200 ").contains("jvm_memory_used_bytes");
            assertThat(run.errors()).noneMatch(line -> line.contains("s3cret"));
        }
    }

    /** A server that takes connections and says nothing. */
    private static String mysql(ServerSocket silent) {
        return "mysql://u:s3cret@127.0.0.1:" + silent.getLocalPort() + "/replica";
    }

    private static TributaryProcess.Start start(String... arguments) {
        return TributaryProcess.of(arguments)
                .with("TRIBUTARY_SOURCE", "vitess://u:s3cret@" + NOBODY_LISTENS + "/commerce?mysql_port=1")
                .with("TRIBUTARY_SINK", "mysql://u:s3cret@" + NOBODY_LISTENS + "/replica");
    }

    /** They have their versions in their names; the launcher goes on without what it doesn't find, and starts slowly. */
    @Test
    void theJarsWhoseClassesTheLauncherKeepsAreThere() throws IOException {
        Path project = Path.of(System.getProperty("basedir", ""));
        Path jars = project.resolve("target/quarkus-app");
        List<String> patterns = Pattern.compile("\"\\$app\"/(\\S+\\.jar)")
                .matcher(Files.readString(project.resolve("tributary")))
                .results()
                .map(found -> found.group(1))
                .toList();

        assertThat(patterns).contains("app/*.jar", "lib/main/io.grpc.grpc-*.jar");
        for (String pattern : patterns) {
            Path directory = jars.resolve(pattern).getParent();
            try (DirectoryStream<Path> found = Files.newDirectoryStream(
                    directory, jars.resolve(pattern).getFileName().toString())) {
                assertThat(found).as(pattern).isNotEmpty();
            }
        }
    }

    private static void assertWrong(TributaryProcess process, String... lines) {
        assertThat(process.errors()).isEqualTo(List.of(lines));
        assertThat(process.output()).isEmpty();
        assertThat(process.exitCode()).isEqualTo(2);
    }

    /** As a mask; what this process ignores its children ignore as well. */
    private static long ignoredSignals() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
                .findFirst()
                .orElse(0);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static String get(int port, String path) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            var response = client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                            .build(),
                    BodyHandlers.ofString());
            return response.statusCode() + " " + response.body();
        }
    }
}
