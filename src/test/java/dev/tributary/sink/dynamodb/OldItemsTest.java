package dev.tributary.sink.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.record.ColumnDefinition;
import dev.tributary.record.SchemaChange.Altered;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** After which schema changes the items of before are not what the source shows. */
class OldItemsTest {
    private static List<ColumnDefinition> columns(String... columns) {
        return Stream.of(columns)
                .map(column -> new ColumnDefinition(
                        column.substring(0, column.indexOf(' ')), column.substring(column.indexOf(' ') + 1)))
                .toList();
    }

    /** An online schema change, which tells nothing but what is there at the end. */
    private static List<String> swapped(List<ColumnDefinition> before, List<ColumnDefinition> then) {
        return new OldItems(new Altered("t", before, List.of(), Map.of(), Set.of(), Optional.empty()), then).stale();
    }

    private static Altered altered(List<ColumnDefinition> before, List<ColumnDefinition> after) {
        return new Altered("t", before, after, Map.of(), Set.of(), Optional.empty());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "varchar(9) | varbinary(9)   | true",
                "varbinary(9) | varchar(9)   | true",
                "int        | varchar(9)     | true",
                "decimal(38,0) | decimal(39,0) | true",
                "varbinary(8) | binary(8)    | true",
                "datetime   | datetime(3)    | true",
                "int        | bigint unsigned | false",
                "int(11)    | decimal(20,2)  | false",
                "char(9)    | varchar(20)    | false",
                "varbinary(9) | varbinary(20) | false",
            })
    void keysThatAreWrittenInAnotherWayAreLost(String from, String to, boolean lost) {
        List<ColumnDefinition> before = columns("a int", "b " + from);
        List<ColumnDefinition> after = columns("a int", "B " + to);

        assertThat(new OldItems(altered(before, after), after).lost(List.of("a", "b")))
                .isEqualTo(lost ? List.of("column b of its key is changed from " + from + " to " + to) : List.of());
        assertThat(new OldItems(altered(before, after), after).lost(List.of("a")))
                .isEmpty();
    }

    @Test
    void columnsThatGoAndComeInAnOnlineSchemaChangeMayBeRenamed() {
        assertThat(swapped(columns("id int", "a int", "x int"), columns("id int", "b int", "x int")))
                .containsExactly(
                        "an online schema change does not tell whether columns [b] are new or are new names of [a]");
        assertThat(swapped(columns("id int", "a int"), columns("id int"))).isEmpty();
        assertThat(swapped(columns("id int"), columns("id int", "b int"))).isEmpty();
        // the table is gone
        assertThat(swapped(columns("id int", "a int"), List.of())).isEmpty();
    }
}
