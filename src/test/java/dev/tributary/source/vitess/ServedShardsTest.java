package dev.tributary.source.vitess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.config.ConnectionUrl;
import dev.tributary.record.KnownShards;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.ShardId;
import dev.tributary.source.SourceShards;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServedShardsTest {
    private static List<ShardId> ids(String shards) {
        return Stream.of(shards.split(",", -1))
                .filter(shard -> !shard.isEmpty())
                .map(shard -> new ShardId("commerce", shard))
                .toList();
    }

    private static SourceShards shards(String query, String served, String open, String closed) {
        return shards(query, served, open, "", closed);
    }

    private static SourceShards shards(String query, String served, String open, String ended, String closed) {
        VitessAddress address = VitessAddress.of(
                ConnectionUrl.parse("TRIBUTARY_SOURCE", "vitess://gate:1/commerce" + query, Optional.empty()));
        return new ServedShards(address, ids(served))
                .of(new KnownShards(Set.copyOf(ids(open)), Set.copyOf(ids(ended)), Set.copyOf(ids(closed))));
    }

    private static String text(SourceShards shards) {
        return "served " + names(shards.served()) + " ending " + names(shards.ending()) + " awaited "
                + names(shards.awaited()) + " all "
                + shards.all().stream().map(ShardId::shard).sorted().collect(Collectors.joining(","));
    }

    private static String names(List<ShardId> shards) {
        return shards.stream().map(ShardId::shard).collect(Collectors.joining(","));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    # served      | open       | ended      | closed     | expected
                    80-,-80 | '' | '' | '' | served -80,80- ending  awaited  all -80,80-
                    -80,80- | -80,80- | '' | '' | served -80,80- ending  awaited  all -80,80-
                    -40,40-80,80- | -80,80- | '' | '' | served 80- ending -80 awaited -40,40-80 all -80,80-
                    -40,40-80,80- | -40,40-80,80- | '' | -80 | served -40,40-80,80- ending  awaited  all -40,40-80,80-
                    -80,80- | -40,40-80,80- | '' | -80 | served 80- ending -40,40-80 awaited  all -40,40-80,80-
                    - | -80,80- | '' | '' | served  ending -80,80- awaited - all -80,80-
                    - | 80- | -80 | '' | served  ending 80- awaited - all 80-
                    -20,20-60,60-80,80- | 80-,-40 | 40-80 | -80 | served 80- ending -40 awaited -20,20-60,60-80 all -40,80-
                    -80,80- | 80- | -80 | '' | served 80- ending  awaited  all 80-
                    -80,80- | -80,80- | '' | -40,40-80 | served -80,80- ending  awaited  all -80,80-
                    -20,20-40,40- | - | '' | '' | served  ending - awaited -20,20-40,40- all -
                    -20,20-40,40- | -40,40- | '' | - | served 40- ending -40 awaited -20,20-40 all -40,40-
                    """)
    void whatIsToRunFollowsFromWhatIsServedAndWhatIsCarried(
            String served, String open, String ended, String closed, String expected) {
        assertThat(text(shards("", served, open, ended, closed))).isEqualTo(expected.strip());
    }

    @Test
    void aShardWhoseRowsWereCarriedUnderOthersAndIsNotKnownIsNeverCopied() {
        assertThatThrownBy(() -> shards("", "-", "", "-80,80-"))
                .isInstanceOfSatisfying(
                        PipelineException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(Kind.LOST))
                .hasMessageContaining("commerce/-:")
                .hasMessageContaining("TRIBUTARY_LOST_POSITION");
    }

    /** Resharded there and back while nobody read, and those between are removed, and forgotten by a resnapshot. */
    @Test
    void aShardThatIsBackAfterItsEndIsNotLeftOut() {
        assertThatThrownBy(() -> shards("", "-80,80-", "80-", "-80"))
                .isInstanceOfSatisfying(PipelineException.class, failure -> {
                    assertThat(failure.kind()).isEqualTo(Kind.LOST);
                    assertThat(failure.shards()).containsExactly(new ShardId("commerce", "-80"));
                })
                .hasMessageContaining("commerce/-80:")
                .hasMessageContaining("TRIBUTARY_LOST_POSITION");
        assertThat(text(shards("", "-80,80-", "80-", ""))).isEqualTo("served -80,80- ending  awaited  all -80,80-");
    }

    @Test
    void aShardThatIsNamedStandsForThoseThatHaveItsRows() {
        assertThat(text(shards("?shards=-80", "-40,40-80,80-", "", "")))
                .isEqualTo("served -40,40-80 ending  awaited  all -40,40-80,80-");
        assertThat(text(shards("?shards=-80", "-40,40-80,80-", "-80", "")))
                .isEqualTo("served  ending -80 awaited -40,40-80 all -80,80-");
        assertThat(text(shards("?shards=-40,40-80", "-80,80-", "", "")))
                .isEqualTo("served -80 ending  awaited  all -80,80-");
        VitessAddress address = VitessAddress.of(
                ConnectionUrl.parse("TRIBUTARY_SOURCE", "vitess://gate:1/commerce?shards=-40", Optional.empty()));
        assertThatThrownBy(() -> new ServedShards(address, ids("-80,80-")).selected())
                .isInstanceOfSatisfying(
                        PipelineException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(Kind.SETTING))
                .hasMessageContaining("shards")
                .hasMessageContaining("'-40'")
                .hasMessageContaining("[-80, 80-]");
    }

    @ParameterizedTest
    @CsvSource({
        "-80, 80-, false",
        "-80, 40-80, true",
        "-80, 7fff-, true",
        "-, c0-, true",
        "0, -80, true",
        "0, 0, true",
        "1, 0, false",
        "1, 1, true",
        "40-80, 80-c0, false",
        "40-8000, 80-c0, false",
        "4000-80, -40, false",
        "-40, 20-60, true"
    })
    void rangesOverlapWhereTheyShareAnId(String one, String other, boolean overlap) {
        assertThat(ShardRange.of(one).overlaps(ShardRange.of(other))).isEqualTo(overlap);
        assertThat(ShardRange.of(other).overlaps(ShardRange.of(one))).isEqualTo(overlap);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    -80        | -40   | true
                    -80        | -     | false
                    -80,80-    | -     | true
                    40-80,-40  | -80   | true
                    -40,41-80  | -80   | false
                    -          | 80-   | true
                    0          | 80-   | true
                    80-        | 0     | false
                    1          | 1     | true
                    1          | 0     | false
                    """)
    void shardsCoverWhatTheyHaveTogether(String shards, String other, boolean covered) {
        assertThat(ShardRange.cover(List.of(shards.split(",")), other)).isEqualTo(covered);
    }
}
