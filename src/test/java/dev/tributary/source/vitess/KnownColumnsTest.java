package dev.tributary.source.vitess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.record.PipelineException;
import dev.tributary.record.SourceTable;
import dev.tributary.record.TableId;
import io.vitess.proto.Query.Field;
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
                "CREATE TABLE `orders` (" + String.join(", ", columns) + ", PRIMARY KEY (`id`))");
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
        assertThat(names(KNOWN, "id int(11)", "a varchar(9)")).hasSize(2);
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
    }
}
