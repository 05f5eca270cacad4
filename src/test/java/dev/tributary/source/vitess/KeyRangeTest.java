package dev.tributary.source.vitess;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.math.BigInteger;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyRangeTest {
    private static final BigInteger UNSIGNED_MAX = new BigInteger("18446744073709551615");

    private static KeyRange range(long from, long to) {
        return new KeyRange("id", BigInteger.valueOf(from), BigInteger.valueOf(to));
    }

    private static List<KeyRange> holders(List<KeyRange> ranges, String key) {
        return ranges.stream()
                .filter(range -> range.holds(key.getBytes(US_ASCII)))
                .toList();
    }

    @ParameterizedTest
    @CsvSource({"0,1000,4", "-5,5,3", "1,3,16", "7,7,5", "-9223372036854775808,9223372036854775807,16"})
    void rangesHoldEveryKeyExactlyOnceThoseThatComeLaterToo(String min, String max, int count) {
        List<KeyRange> ranges = KeyRange.cut("id", new BigInteger(min), new BigInteger(max), count);

        assertThat(ranges).hasSize(count);
        for (String key : List.of(min, max, "-9223372036854775808", "0", "1", "2", "499", UNSIGNED_MAX.toString())) {
            assertThat(holders(ranges, key)).as(key).hasSize(1);
        }
        for (KeyRange range : ranges) {
            for (BigInteger end : new BigInteger[] {range.from(), range.to()}) {
                if (end != null) {
                    assertThat(holders(ranges, end.toString())).as("at %s", end).hasSize(1);
                    assertThat(holders(ranges, end.subtract(BigInteger.ONE).toString()))
                            .as("before %s", end)
                            .hasSize(1);
                }
            }
        }
    }

    @Test
    void noBoundIsBelowZeroWhichNoFilterOfVitessTakes() {
        BigInteger low = BigInteger.valueOf(-1000);

        assertThat(KeyRange.cut("id", low, BigInteger.valueOf(300), 4))
                .extracting(KeyRange::from, KeyRange::to)
                .containsExactly(
                        tuple(null, BigInteger.ZERO),
                        tuple(BigInteger.ZERO, BigInteger.valueOf(100)),
                        tuple(BigInteger.valueOf(100), BigInteger.valueOf(200)),
                        tuple(BigInteger.valueOf(200), null));
        assertThat(KeyRange.cut("id", low, BigInteger.valueOf(-1), 4)).allMatch(KeyRange::isAll);
    }

    @Test
    void rangesOfLargeUnsignedKeysAreOfEqualWidth() {
        List<KeyRange> ranges = KeyRange.cut("id", BigInteger.ZERO, UNSIGNED_MAX, 2);

        assertThat(ranges.getFirst().to()).isEqualTo(UNSIGNED_MAX.shiftRight(1));
        assertThat(ranges.getLast().from()).isEqualTo(UNSIGNED_MAX.shiftRight(1));
    }

    @ParameterizedTest
    @CsvSource({"10,true", "9,false", "19,true", "20,false", "-15,false", "0000012,true", "' 12',true"})
    void anUpperBoundIsNotPartOfARange(String key, boolean held) {
        assertThat(range(10, 20).holds(key.getBytes(US_ASCII))).isEqualTo(held);
    }

    @Test
    void asksTheServerForItsRowsOnly() {
        assertThat(KeyRange.ALL.filter("orders")).isEqualTo("select * from `orders`");
        assertThat(range(10, 20).filter("orders")).isEqualTo("select * from `orders` where `id` >= 10 and `id` < 20");
        assertThat(new KeyRange("id", null, BigInteger.TEN).filter("orders"))
                .isEqualTo("select * from `orders` where `id` < 10");
        assertThat(new KeyRange("id", BigInteger.TEN, null).filter("orders"))
                .isEqualTo("select * from `orders` where `id` >= 10");
    }

    @Test
    void quotesNames() {
        assertThat(new KeyRange("a`b", BigInteger.ONE, null).filter("select"))
                .isEqualTo("select * from `select` where `a``b` >= 1");
    }

    @Test
    void isReadBackAsItWasWritten() {
        for (KeyRange range : List.of(
                KeyRange.ALL,
                range(1, 5),
                new KeyRange("id", null, BigInteger.TEN),
                new KeyRange("id", UNSIGNED_MAX, null))) {
            assertThat(KeyRange.parse(range.encode())).isEqualTo(range);
        }
    }
}
