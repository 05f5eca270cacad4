package dev.tributary.diff.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which shards of a stream nobody reads. */
class StreamShardsTest {
    private static final StreamShards SHARDS = shards();

    /** One that is older than all, two that follow it, and one that follows the second of these. */
    private static StreamShards shards() {
        Map<String, @Nullable String> parents = new HashMap<>();
        parents.put("old", null);
        parents.put("left", "old");
        parents.put("right", "old");
        parents.put("next", "right");
        return new StreamShards(parents);
    }

    @Test
    void whatIsOlderThanTheKnownOnesIsNotMissed() {
        assertThat(SHARDS.unknown(List.of("left", "next"))).isEmpty();
        assertThat(SHARDS.unknown(List.of("left", "right", "next", "gone"))).isEmpty();
    }

    @Test
    void whatFollowsAKnownOneIs() {
        assertThat(SHARDS.unknown(List.of("left", "right"))).contains("next");
        assertThat(SHARDS.unknown(List.of("next"))).contains("left");
        assertThat(SHARDS.unknown(List.of())).contains("left");
    }
}
