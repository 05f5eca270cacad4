package dev.tributary.source.vitess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.record.PipelineException;
import dev.tributary.record.SourceTable;
import dev.tributary.record.TableId;
import io.vitess.proto.Query.Field;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Names of columns of rows that are older than the table's schema. */
class KnownColumnsTest {
    private static final SourceTable KNOWN = table("`id` int(11)", "`a` varchar(9)", "`b` varchar(9)");

    private static SourceTable table(String... columns) {
        return new SourceTable(
                new TableId("commerce", "orders"),
                List.of("id"),
                "CREATE TABLE `orders` (" + String.join(", ", columns)
                        + ",\n  PRIMARY KEY (`id`)\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4");
    }

    private static List<Field> fields(String... fields) {
        return Arrays.stream(fields)
                .map(field -> field.split(" ", 2))
                .map(field -> Field.newBuilder()
                        .setName(field[0])
                        .setColumnType(field.length > 1 ? field[1] : "")
                        .build())
                .toList();
    }

    private static List<String> names(SourceTable table, String... fields) {
        return KnownColumns.name(table, fields(fields)).stream()
                .map(field -> field.getName() + " " + field.getColumnType())
                .toList();
    }

    @Test
    void rowsFromBeforeAColumnWasAddedInTheMiddleKeepTheirNames() {
        assertThat(names(KNOWN, "id int(11)", "a varchar(9)", "new varchar(9)"))
                .containsExactly("id int(11)", "a varchar(9)", "b varchar(9)");
    }

    @Test
    void rowsFromBeforeAColumnWasRenamedKeepTheirNames() {
        assertThat(names(KNOWN, "id int(11)", "title varchar(40)", "b varchar(9)"))
                .containsExactly("id int(11)", "a varchar(9)", "b varchar(9)");
    }

    @Test
    void rowsFromBeforeAColumnWasDroppedHaveNamesAgain() {
        assertThat(names(KNOWN, "@1", "@2", "@3")).containsExactly("id int(11)", "a varchar(9)", "b varchar(9)");
    }

    @Test
    void whatWasAddedAtTheEndOrIsWidenedIsTakenAsItCame() {
        assertThat(names(KNOWN, "ID bigint(20)", "a varchar(90)", "b varchar(9)", "c int(11)"))
                .containsExactly("ID bigint(20)", "a varchar(90)", "b varchar(9)", "c int(11)");
        assertThat(names(table("`id` int", "`v` int GENERATED ALWAYS AS (1) VIRTUAL"), "x int"))
                .containsExactly("x int");
    }

    @Test
    void whatCanNotBeNamedIsRefused() {
        SourceTable sized = table("`id` int(10) unsigned", "`size` enum('a')");
        assertThatThrownBy(() -> names(sized, "@1", "@2"))
                .isInstanceOf(PipelineException.class)
                .hasMessageContainingAll("orders", "--track-schema-versions");
        assertThatThrownBy(() -> names(KNOWN, "id int(11)", "new int(10) unsigned", "a varchar(9)"))
                .isInstanceOf(PipelineException.class);
        assertThatThrownBy(() -> names(KNOWN, "id int(11)", "new int(11)")).isInstanceOf(PipelineException.class);
        // where the missing one was added in the middle since, the last name is wrong
        assertThatThrownBy(() -> names(KNOWN, "id int(11)", "a varchar(9)")).isInstanceOf(PipelineException.class);
    }

    /** A tablet tells the charsets of columns as they are now, or takes them from the wrong places. */
    @Test
    void textIsReadInTheCharsetThatItsColumnHad() {
        SourceTable mixed = table(
                "`id` int(11)",
                "`a` varchar(9)",
                "`b` varchar(9) CHARACTER SET latin1 DEFAULT NULL",
                "`c` text charset cp1251",
                "`d` text COLLATE utf8mb4_bin");
        List<Field> fields = KnownColumns.name(mixed, fields("@1", "@2", "@3", "@4", "@5"));

        assertThat(fields.stream().skip(1).map(field -> String.valueOf(Collations.charset(field, ""))))
                .containsExactly("UTF-8", "x-mysql-latin1", "windows-1251", "UTF-8");
        assertThat(KnownColumns.name(KNOWN, fields("id int(11)", "new varchar(9)", "a varchar(9)"))
                        .getLast())
                .satisfies(field -> assertThat(Collations.charset(field, "")).isEqualTo(StandardCharsets.UTF_8));
    }

    /** Into the target's columns of before, rows of a table that was altered while it was copied might go rounded. */
    @Test
    void fieldsOfOtherTypesAreThoseOfAnAlteredTable() {
        SourceTable known = table("`id` int(11)", "`at` datetime", "`e` enum('a','b')", "`u` bigint(20) unsigned");

        assertThat(KnownColumns.isAltered(
                        known, fields("id int", "at datetime", "e enum('a', 'b')", "u bigint unsigned")))
                .isFalse();
        for (String altered : List.of("at datetime(6)", "at timestamp", "at varchar(20)")) {
            assertThat(KnownColumns.isAltered(known, fields("id int", altered))).isTrue();
        }
        assertThat(KnownColumns.isAltered(table("`d` decimal(8,2)"), fields("d decimal(10,4)")))
                .isTrue();
        assertThat(KnownColumns.isAltered(known, fields("id int unsigned"))).isTrue();
        assertThat(KnownColumns.isAltered(known, fields("id int", "other datetime")))
                .isTrue();
        // by their names, where a computed one stands between them
        SourceTable computed = table("`id` int(11)", "`g` int AS (1)", "`at` datetime");
        assertThat(KnownColumns.isAltered(computed, fields("id int", "at datetime")))
                .isFalse();
        assertThat(KnownColumns.isAltered(computed, fields("id int", "at datetime(3)")))
                .isTrue();
    }
}
