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
