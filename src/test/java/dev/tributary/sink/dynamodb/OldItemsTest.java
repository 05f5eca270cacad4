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
import org.junit.jupiter.params.provider.ValueSource;

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
        return items(new Altered("t", before, List.of(), Map.of(), Set.of(), Optional.empty()), then)
                .stale();
    }

    private static OldItems items(Altered altered, List<ColumnDefinition> then, String... dropped) {
        return new OldItems(altered, then, List.of("id"), Set.of(dropped));
    }

    private static List<String> stale(String before, String after) {
        List<ColumnDefinition> then = columns("id int", after);
        return items(altered(columns("id int NOT NULL", before), then), then).stale();
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
                "tinyint(1) | bool           | false",
                "decimal(9,2) | dec(9,2)     | false",
                "varchar(9) | character varying(9) | false",
                "varchar(9) | national varchar(9) | false",
            })
    void keysThatAreWrittenInAnotherWayAreLost(String from, String to, boolean lost) {
        List<ColumnDefinition> before = columns("a int", "b " + from);
        List<ColumnDefinition> after = columns("a int", "B " + to);

        assertThat(new OldItems(altered(before, after), after, List.of("a", "b"), Set.of()).lost())
                .isEqualTo(lost ? List.of("column b of its key is changed from " + from + " to " + to) : List.of());
        assertThat(new OldItems(altered(before, after), after, List.of("a"), Set.of()).lost())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "int                   | bigint",
                "int(11)               | INTEGER",
                "tinyint(1)            | bool",
                "int unsigned          | bigint",
                "int                   | decimal(12,2)",
                "decimal(10,2)         | decimal(12,4)",
                "decimal(10,2) unsigned | decimal(10,2)",
                "char(9)               | varchar(9)",
                "varchar(9)            | varchar(20)",
                "varchar(9)            | tinytext",
                "tinytext              | varchar(255)",
                "text                  | longtext",
                "varbinary(9)          | blob",
                "enum('a','b')         | enum('x','b','a')",
                "set('a','b')          | set('a','x','b')",
                "int NOT NULL          | int",
                "int                   | int DEFAULT 5",
                "varchar(9)            | varchar(9) CHARACTER SET utf8mb4",
                "varchar(9) CHARACTER SET latin1 | varchar(9)",
                "int GENERATED ALWAYS AS ((`a` + 1)) VIRTUAL | int AS (A+1)",
                "int GENERATED ALWAYS AS ((`a` + 1)) STORED | int",
            })
    void changesThatKeepEveryValuePass(String before, String after) {
        assertThat(stale("x " + before, "x " + after)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bigint                | int               | is changed from bigint to int",
                "int                   | int unsigned      | is changed from int to int unsigned",
                "int unsigned          | int               | is changed from int unsigned to int",
                "int                   | decimal(10,2)     | is changed from int to decimal(10,2)",
                "decimal(10,2)         | decimal(10,4)     | is changed",
                "decimal(10,2)         | decimal(12,1)     | is changed",
                "decimal(10,2)         | decimal(10,2) unsigned | is changed",
                "varchar(9)            | char(20)          | is changed from varchar(9) to char(20)",
                "varchar(9)            | varchar(8)        | is changed",
                "varchar(100)          | tinytext          | is changed",
                "text                  | varchar(1000)     | is changed",
                "longtext              | text              | is changed",
                "blob                  | varbinary(20)     | is changed",
                "varbinary(9)          | binary(20)        | is changed",
                "enum('a','b')         | enum('a')         | is changed",
                "set('a','b')          | set('b','a')      | is changed",
                "datetime              | datetime(3)       | is changed",
                "int                   | varchar(20)       | is changed",
                "int                   | int NOT NULL      | takes no NULL any more",
                "varchar(9)            | varchar(9) CHARACTER SET latin1 | is in charset latin1",
                "int GENERATED ALWAYS AS ((`a` + 1)) VIRTUAL | int AS (a + 2) | is computed in another way",
                "int                   | int AS (a + 2)    | is computed in another way",
            })
    void changesThatMakeOthersOfThemDoNot(String before, String after, String why) {
        assertThat(stale("x " + before, "x " + after))
                .singleElement()
                .asString()
                .startsWith("column x")
                .contains(why);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "int NOT NULL",
                "int DEFAULT 3",
                "int AS (id + 1)",
                "bigint UNIQUE AUTO_INCREMENT",
                "serial",
                "timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP"
            })
    void aColumnThatRowsHaveAtOnceIsAReason(String added) {
        List<ColumnDefinition> then = columns("id int", "x " + added);

        assertThat(items(altered(columns("id int"), then), then).stale())
                .containsExactly("column x is added, with values for the rows that are there");
    }

    @Test
    void aColumnThatItemsMayStillHaveIsAReason() {
        List<ColumnDefinition> then = columns("id int", "X int");

        assertThat(items(altered(columns("id int"), then), then, "x").stale())
                .containsExactly("column X is added, and items may have values of one of that name that was dropped");
        assertThat(items(altered(columns("id int"), then), then, "y").stale()).isEmpty();
        Altered renaming = new Altered(
                "t", columns("id int", "a int", "b int"), then, Map.of("a", "X"), Set.of(), Optional.empty());
        assertThat(items(renaming, then, "y").droppedNow()).containsExactlyInAnyOrder("a", "b", "y");
        assertThat(items(renaming, then).stale()).containsExactly("column a is renamed to X");
        assertThat(items(altered(columns("id int", "a int"), List.of()), List.of(), "y")
                        .droppedNow())
                .containsExactly("y");
    }

    @Test
    void aNameOfOtherLettersIsAnother() {
        assertThat(stale("x int", "X int")).containsExactly("column x is renamed to X");
    }

    @Test
    void columnsThatAreNotKnownAreAReason() {
        List<ColumnDefinition> then = columns("id int");

        assertThat(items(altered(List.of(), then), then).stale())
                .containsExactly("its columns of before are not known");
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
