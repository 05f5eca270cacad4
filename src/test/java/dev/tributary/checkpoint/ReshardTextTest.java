package dev.tributary.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.record.Position;
import dev.tributary.record.Reshard;
import dev.tributary.record.ShardId;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReshardTextTest {
    private static final List<ShardId> SHARDS = IntStream.rangeClosed(0x10, 0x1f)
            .mapToObj(i -> new ShardId("commerce", Integer.toHexString(i) + "-"))
            .toList();
    private static final Set<String> TABLES = Set.of("orders", "customers", "items", "prices", "events", "accounts");

    /** Locks are taken and shards opened in that order, by processes of different JVMs. */
    @Test
    void aReshardNamesAllByOrderHoweverItIsTold() {
        Map<ShardId, Position> children = new LinkedHashMap<>();
        SHARDS.reversed().forEach(shard -> children.put(shard, new Position("at " + shard.shard())));

        Reshard told = new Reshard("7", new HashSet<>(SHARDS), children, TABLES);
        Reshard read = ReshardText.parse(ReshardText.of(told));

        for (Reshard reshard : List.of(told, read)) {
            assertThat(reshard.parents()).containsExactlyElementsOf(SHARDS);
            assertThat(reshard.children().keySet()).containsExactlyElementsOf(SHARDS);
            assertThat(reshard.children()).isEqualTo(children);
        }
        assertThat(told.unfinished()).containsExactlyElementsOf(new TreeSet<>(TABLES));
        assertThat(read).isEqualTo(new Reshard("7", Set.copyOf(SHARDS), Collections.unmodifiableMap(children)));
    }
}
