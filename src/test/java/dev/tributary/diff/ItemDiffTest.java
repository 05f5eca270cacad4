package dev.tributary.diff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.config.SettingsReader;
import io.smallrye.config.EnvConfigSource;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How long a pipeline is waited for, if nobody says. */
class ItemDiffTest {
    @ParameterizedTest
    @CsvSource({
        "dynamodb://eu-west-1/orders, PT3M",
        "dynamodb://eu-west-1/orders?records_poll=500ms, PT3M",
        "dynamodb://eu-west-1/orders?records_poll=30s, PT3M",
        "dynamodb://eu-west-1/orders?records_poll=90s, PT4M30S",
        "vitess://localhost/keyspace, PT1M"
    })
    void aShardWithoutChangesMaySayThatThreeTimes(String source, Duration patience) {
        Map<String, String> settings = Map.of("TRIBUTARY_SOURCE", source, "TRIBUTARY_SINK", "dynamodb://eu-west-1/p_");
        assertThat(ItemDiff.patience(
                        SettingsReader.read(builder -> builder.withSources(new EnvConfigSource(settings, 300)))))
                .isEqualTo(patience);
    }
}
