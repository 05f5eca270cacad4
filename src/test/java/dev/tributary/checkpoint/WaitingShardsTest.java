package dev.tributary.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WaitingShardsTest {
    @Test
    void whatIsKeptIsRead() {
        WaitingShards waiting = new WaitingShards(Map.of("commerce/-80", "a \"cause\"", "commerce/80-", "another"));

        assertThat(WaitingShards.parse(waiting.text())).isEqualTo(waiting);
        assertThat(WaitingShards.NONE.text()).isNull();
        assertThat(WaitingShards.parse(null)).isEqualTo(WaitingShards.NONE);
        assertThat(WaitingShards.parse("")).isEqualTo(WaitingShards.NONE);
    }

    @Test
    void ofManyAllAreToldAndTheCausesOfAFewOnly() {
        Map<String, String> causes = new HashMap<>();
        for (int i = 0; i < 256; i++) {
            causes.put(String.format("commerce/%02x", i), "cause ".repeat(1000));
        }

        WaitingShards read = WaitingShards.parse(new WaitingShards(causes).text());

        assertThat(read.causes()).containsOnlyKeys(causes.keySet());
        assertThat(read.causes().get("commerce/00")).hasSize(300);
        assertThat(read.causes().get("commerce/ff")).isEmpty();
        assertThat(new WaitingShards(causes).text()).hasSizeLessThan(12_000);
    }
}
