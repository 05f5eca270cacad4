package dev.tributary.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.config.Settings.DropPolicy;
import dev.tributary.config.Settings.LostPosition;
import dev.tributary.config.Settings.MissingPolicy;
import dev.tributary.config.Settings.SchemaPolicy;
import dev.tributary.config.Settings.Until;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
    private static final Map<String, String> NECESSARY = Map.of(
            "TRIBUTARY_SOURCE", "vitess://vtgate:15991/commerce", "TRIBUTARY_SINK", "mysql://app:secret@db/replica");

    @Test
    void everySettingHasItsVariableFlagAndDefault() {
        assertThat(Setting.all())
                .extracting(setting -> setting.variable() + " " + setting.flag() + " "
                        + setting.fallback().orElse("-"))
                .containsExactly(
                        "TRIBUTARY_SOURCE --source -",
                        "TRIBUTARY_SOURCE_PASSWORD --source.password -",
                        "TRIBUTARY_SINK --sink -",
                        "TRIBUTARY_SINK_PASSWORD --sink.password -",
                        "TRIBUTARY_BATCH_BYTES --batch.bytes 8M",
                        "TRIBUTARY_BATCH_DELAY --batch.delay 0S",
                        "TRIBUTARY_BATCH_ROWS --batch.rows 5000",
                        "TRIBUTARY_BUFFER_BYTES --buffer.bytes -",
                        "TRIBUTARY_COPY_PARTS --copy.parts 4",
                        "TRIBUTARY_COPY_RANGE_ROWS --copy.range-rows 1000000",
                        "TRIBUTARY_KEY_COLUMNS --key-columns -",
                        "TRIBUTARY_LEASE_DURATION --lease.duration 10S",
                        "TRIBUTARY_LOST_POSITION --lost-position stop",
                        "TRIBUTARY_PIPELINE --pipeline default",
                        "TRIBUTARY_RETRY_DELAY --retry.delay 1S",
                        "TRIBUTARY_RETRY_MAX_DELAY --retry.max-delay 3S",
                        "TRIBUTARY_SCHEMA --schema create",
                        "TRIBUTARY_SCHEMA_DROPS --schema.drops stop",
                        "TRIBUTARY_SCHEMA_MISSING --schema.missing stop",
                        "TRIBUTARY_SHUTDOWN_TIMEOUT --shutdown.timeout 20S",
                        "TRIBUTARY_TABLE --table -",
                        "TRIBUTARY_UNTIL --until never");
    }

    @Test
    void everySettingIsSummarisedInOneLine() {
        assertThat(Setting.all())
                .allSatisfy(setting -> assertThat(setting.summary())
                        .as(setting.name())
                        .isNotBlank()
                        .hasSizeLessThan(115)
                        .doesNotContain("\n"));
    }

    @Test
    void withoutAnythingElseTheDefaultsHold() {
        Settings settings = read(Map.of());

        assertThat(settings.source()).hasValue("vitess://vtgate:15991/commerce");
        assertThat(settings.sourcePassword()).isEmpty();
        assertThat(settings.sink()).hasValue("mysql://app:secret@db/replica");
        assertThat(settings.sinkPassword()).isEmpty();
        assertThat(settings.pipeline()).isEqualTo("default");
        assertThat(settings.until()).isEqualTo(Until.NEVER);
        assertThat(settings.table()).isEmpty();
        assertThat(settings.keyColumns()).isEmpty();
        assertThat(settings.schema()).isEqualTo(SchemaPolicy.CREATE);
        assertThat(settings.schemaDrops()).isEqualTo(DropPolicy.STOP);
        assertThat(settings.schemaMissing()).isEqualTo(MissingPolicy.STOP);
        assertThat(settings.lostPosition()).isEqualTo(LostPosition.STOP);
        assertThat(settings.batch().rows()).isEqualTo(5000);
        assertThat(settings.batch().bytes().asLongValue()).isEqualTo(8 << 20);
        assertThat(settings.batch().delay()).isZero();
        assertThat(settings.buffer().bytes()).isEmpty();
        assertThat(BufferSize.of(settings)).isBetween(16L << 20, 256L << 20);
        assertThat(settings.copy().parts()).isEqualTo(4);
        assertThat(settings.copy().rangeRows()).isEqualTo(1_000_000);
        assertThat(settings.retry().delay()).isEqualTo(Duration.ofSeconds(1));
        assertThat(settings.retry().maxDelay()).isEqualTo(Duration.ofSeconds(3));
        assertThat(settings.shutdown().timeout()).isEqualTo(Duration.ofSeconds(20));
    }

    @Test
    void everySettingIsReadFromItsVariable() {
        Settings settings = read(Map.ofEntries(
                Map.entry("TRIBUTARY_SOURCE_PASSWORD", "one"),
                Map.entry("TRIBUTARY_SINK_PASSWORD", "two"),
                Map.entry("TRIBUTARY_PIPELINE", "orders"),
                Map.entry("TRIBUTARY_UNTIL", "caught-up"),
                Map.entry("TRIBUTARY_TABLE", "all"),
                Map.entry("TRIBUTARY_KEY_COLUMNS", "orders=tenant,id"),
                Map.entry("TRIBUTARY_SCHEMA", "none"),
                Map.entry("TRIBUTARY_SCHEMA_DROPS", "keep"),
                Map.entry("TRIBUTARY_SCHEMA_MISSING", "skip"),
                Map.entry("TRIBUTARY_LOST_POSITION", "resnapshot"),
                Map.entry("TRIBUTARY_BATCH_ROWS", "1"),
                Map.entry("TRIBUTARY_BATCH_BYTES", "2K"),
                Map.entry("TRIBUTARY_BATCH_DELAY", "3s"),
                Map.entry("TRIBUTARY_BUFFER_BYTES", "4M"),
                Map.entry("TRIBUTARY_COPY_PARTS", "5"),
                Map.entry("TRIBUTARY_COPY_RANGE_ROWS", "6"),
                Map.entry("TRIBUTARY_RETRY_DELAY", "700ms"),
                Map.entry("TRIBUTARY_RETRY_MAX_DELAY", "8m"),
                Map.entry("TRIBUTARY_SHUTDOWN_TIMEOUT", "9")));

        assertThat(settings.sourcePassword()).hasValue("one");
        assertThat(settings.sinkPassword()).hasValue("two");
        assertThat(settings.pipeline()).isEqualTo("orders");
        assertThat(settings.until()).isEqualTo(Until.CAUGHT_UP);
        assertThat(settings.table()).hasValue("all");
        assertThat(settings.keyColumns()).hasValue("orders=tenant,id");
        assertThat(settings.schema()).isEqualTo(SchemaPolicy.NONE);
        assertThat(settings.schemaDrops()).isEqualTo(DropPolicy.KEEP);
        assertThat(settings.schemaMissing()).isEqualTo(MissingPolicy.SKIP);
        assertThat(settings.lostPosition()).isEqualTo(LostPosition.RESNAPSHOT);
        assertThat(settings.batch().rows()).isEqualTo(1);
        assertThat(settings.batch().bytes().asLongValue()).isEqualTo(2048);
        assertThat(settings.batch().delay()).isEqualTo(Duration.ofSeconds(3));
        assertThat(BufferSize.of(settings)).isEqualTo(4 << 20);
        assertThat(settings.copy().parts()).isEqualTo(5);
        assertThat(settings.copy().rangeRows()).isEqualTo(6);
        assertThat(settings.retry().delay()).isEqualTo(Duration.ofMillis(700));
        assertThat(settings.retry().maxDelay()).isEqualTo(Duration.ofMinutes(8));
        assertThat(settings.shutdown().timeout()).isEqualTo(Duration.ofSeconds(9));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            BATCH_ROWS       | 0       | expected 1 to 100000, not 0
            BATCH_ROWS       | 100001  | expected 1 to 100000, not 100001
            BATCH_ROWS       | many    | expected a whole number, not 'many'
            BATCH_ROWS       | 1.5     | expected a whole number, not '1.5'
            BATCH_ROWS       | 3000000000 | expected a whole number, not '3000000000'
            BATCH_ROWS       | ''      | is empty; leave it out for the default, 5000
            BATCH_BYTES      | 1023    | expected 1K to 1G, not 1023 bytes
            BATCH_BYTES      | 2G      | expected 1K to 1G, not 2147483648 bytes
            BATCH_BYTES      | 9Y      | expected 1K to 1G, not 10880332376531662572355584 bytes
            BATCH_BYTES      | 8 MB    | expected a size in bytes such as 512K or 64M, not '8 MB'
            BATCH_BYTES      | 257M    | a batch must fit into TRIBUTARY_BUFFER_BYTES
            BATCH_DELAY      | soon    | expected a duration such as 500MS, 20S or 5M, not 'soon'
            BATCH_DELAY      | -1S     | expected 0S to 1H, not -1S
            BATCH_DELAY      | 2H      | expected 0S to 1H, not 2H
            BUFFER_BYTES     | 1K      | expected 1M to 1T, not 1024 bytes
            COPY_PARTS       | 0       | expected 1 to 64, not 0
            COPY_PARTS       | 65      | expected 1 to 64, not 65
            COPY_RANGE_ROWS  | 0       | expected 1 or more, not 0
            RETRY_DELAY      | 0S      | expected 0.001S to 24H, not 0S
            RETRY_MAX_DELAY  | 2D      | expected 0.001S to 24H, not 48H
            RETRY_MAX_DELAY  | 100MS   | the longest pause is shorter than the first, TRIBUTARY_RETRY_DELAY
            SHUTDOWN_TIMEOUT | 61M     | expected 0S to 1H, not 1H1M
            UNTIL            | midnight | expected one of never, copied, caught-up, not 'midnight'
            SCHEMA           | drop    | expected one of none, create, evolve, not 'drop'
            PIPELINE         | ' '     | is empty; leave it out for the default, default
            PIPELINE         | 12345678901234567890123456789012345678901234567890123456789012345 | expected 1 to 64 characters
            SOURCE           | ''      | is not set; 'tributary help' tells what it holds
            SINK             | mysql://app:/hunter2@db:3306/replica | special characters in user and password must be percent-encoded, as must an '@' anywhere but before the host
            SOURCE           | vitess://app:1?hunter2@db/commerce | special characters in user and password must be percent-encoded, as must an '@' anywhere but before the host
            SINK             | mysql://app:?hunter2 | parameter 1 after the question mark is not name=value
            SINK             | db:3306 | expected scheme://[user:password@]host[:port]/name[?name=value&…]
            """)
    void aWrongSettingIsOneLineWithItsVariable(String name, String value, String message) {
        assertThatThrownBy(() -> read(Map.of("TRIBUTARY_" + name, value)))
                .isInstanceOfSatisfying(
                        PipelineException.class,
                        wrong -> assertThat(wrong.kind()).isEqualTo(Kind.SETTING))
                .hasMessage("TRIBUTARY_" + name + ": " + message);
    }

    @Test
    void allThatIsWrongIsSaidAtOnce() {
        assertThatThrownBy(() -> read(Map.of("TRIBUTARY_BATCH_ROWS", "0", "TRIBUTARY_COPY_PARTS", "0")))
                .hasMessageMatching("TRIBUTARY_BATCH_ROWS: .*\nTRIBUTARY_COPY_PARTS: .*");
    }

    @ParameterizedTest
    @ValueSource(strings = {"pa$$word", "${HOME}", "\\$x", "a${b", "a\\b", "a,b", "%41", "${a:b}", "#x"})
    void aPasswordIsTakenLiterally(String password) {
        assertThat(read(Map.of("TRIBUTARY_SINK_PASSWORD", password)).sinkPassword())
                .hasValue(password);
    }

    @Test
    void aVariableThatLooksLikeASettingIsReportedUnlessTheSystemSetIt() {
        assertThat(SettingsReader.unknown(Set.of(
                        "TRIBUTARY_BATCH_ROW",
                        "TRIBUTARY_BATCH_ROWS",
                        "TRIBUTARY_JAVA_OPTS",
                        "TRIBUTARY_SERVICE_HOST",
                        "TRIBUTARY_SERVICE_PORT_MANAGEMENT",
                        "TRIBUTARY_PORT",
                        "TRIBUTARY_PORT_9000_TCP_ADDR",
                        "HOME")))
                .containsExactly("TRIBUTARY_BATCH_ROW: no such setting, ignored; 'tributary help' lists them");
    }

    private static Settings read(Map<String, String> more) {
        Map<String, String> environment = new HashMap<>(NECESSARY);
        environment.putAll(more);
        return SettingsReader.read(
                (SmallRyeConfigBuilder builder) -> builder.withSources(new EnvConfigSource(environment, 300)));
    }
}
