package dev.tributary.source.vitess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GtidSetTest {
    private static final String A = "aaaaaaaa-0000-11ee-8000-00155d000001";
    private static final String B = "bbbbbbbb-0000-11ee-8000-00155d000002";

    private static GtidSet set(String text) {
        return GtidSet.parse(text.replace("A", A).replace("B", B));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                     | ''",
                "A:1-5                  | A:1-5",
                "MySQL56/A:1-5          | A:1-5",
                "A:1-5:7:9-12           | A:1-5:7:9-12",
                "A:7:1-5                | A:1-5:7",
                "A:1-3:4-5              | A:1-5",
                "A:1-10:2-3             | A:1-10",
                "B:1, A:1               | A:1,B:1",
                "A:1-2,  B:1,A:3        | A:1-3,B:1",
                "A:1-2,B:1,A:7,B:2      | A:1-2:7,B:1-2",
                "',A:1,'                | A:1",
                "A : 1                  | A:1",
                "A:9223372036854775807  | A:9223372036854775807"
            })
    void readsWhatMysqlReads(String text, String canonical) {
        assertThat(set(text).toString())
                .isEqualTo("MySQL56/" + canonical.replace("A", A).replace("B", B));
        assertThat(set(text)).isEqualTo(set(canonical));
    }

    @Test
    void readsUpperCaseDigitsAndLineBreaks() {
        assertThat(GtidSet.parse(A.toUpperCase(Locale.ROOT) + ":1-5,\n" + B + ":2"))
                .isEqualTo(set("A:1-5,B:2"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "A",
                "A:",
                "A:0-5",
                "A:0",
                "A:1-2-3",
                "A:1-",
                "A:-1",
                "A:5-3",
                "A:+5",
                "A:1-+5",
                "A:x",
                "A:1:",
                "A:9223372036854775808",
                "aaaaaaaa-0000-11ee-8000:1-5",
                "gaaaaaaa-0000-11ee-8000-00155d000001:1",
                "aaaaaaaa000011ee800000155d000001:1",
                ":1-5",
                "current",
                "MariaDB/0-1-2",
                "null"
            })
    void refusesWhatIsNoSet(String text) {
        assertThatThrownBy(() -> set(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''        | ''          | true",
                "''        | A:1         | true",
                "A:1       | ''          | false",
                "A:1-5     | A:1-5       | true",
                "A:1-5     | A:1-6       | true",
                "A:1-6     | A:1-5       | false",
                "A:2-3     | A:1-5       | true",
                "A:2-3:5   | A:1-3:5-9   | true",
                "A:2-5     | A:1-3:5-9   | false",
                "A:4       | A:1-3:5-9   | false",
                "A:1-5     | B:1-5       | false",
                "A:1-5     | A:1-9,B:1   | true",
                "A:1,B:1   | A:1-9       | false"
            })
    void knowsWhichSetIsWithinWhich(String inner, String outer, boolean within) {
        assertThat(set(inner).isWithin(set(outer))).isEqualTo(within);
    }

    @Test
    void comparesAsASet() {
        assertThat(set("A:1-3,B:2")).isEqualTo(set("B:2,A:2-3:1")).hasSameHashCodeAs(set("B:2,A:2-3:1"));
        assertThat(set("A:1-3")).isNotEqualTo(set("A:1-4"));
    }

    @ParameterizedTest
    @CsvSource({"MySQL56/,true", "MySQL56/x,true", "current,false", "'',false"})
    void tellsPlacesFromWordsForPlaces(String text, boolean position) {
        assertThat(GtidSet.isPosition(text)).isEqualTo(position);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "A:1-5      | A:5       | true",
                "A:5        | A:1-5     | true",
                "A:1-5      | A:6-9     | false",
                "A:1-5:9    | A:6:8-10  | true",
                "A:1-2:9    | A:3-8:10  | false",
                "A:1-5      | B:1-5     | false",
                "A:1,B:1-5  | B:4       | true",
                "''         | A:1       | false",
                "A:1        | ''        | false"
            })
    void saysWhetherSomeTransactionIsInBoth(String one, String other, boolean overlaps) {
        assertThat(set(one).overlaps(set(other))).isEqualTo(overlaps);
        assertThat(set(other).overlaps(set(one))).isEqualTo(overlaps);
    }
}
