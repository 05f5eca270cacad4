package dev.tributary.diff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.diff.TableInfo.Column;
import dev.tributary.diff.TableInfo.Index;
import dev.tributary.diff.dynamodb.ItemTable.KeyAttribute;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which columns of a table have attributes, and which key a table's rows are told apart by. */
class ItemColumnsTest {
    private static Column column(String name, String declared, boolean generated) {
        return new Column(name, declared.replaceFirst("[( ].*", ""), declared, false, null, null, generated);
    }

    private static TableInfo table(List<Column> columns, Index... indexes) {
        return new TableInfo("t", columns, List.of(indexes), 0, 0);
    }

    @Test
    void columnsThatAreComputedOrOfATypeThatNoAttributeGetsAreNobodys() {
        TableInfo table = table(List.of(
                column("id", "varbinary(255)", false),
                column("taken", "decimal(5,2)", false),
                column("large", "bigint", false),
                column("truth", "tinyint(1)", false),
                column("words", "varchar(9)", true),
                column("no_sign", "decimal(5,2) unsigned", false),
                column("no_sign_either", "bigint unsigned", false),
                column("no_truth", "tinyint(1) unsigned", false),
                column("other", "int", false)));
        ItemColumns columns = new ItemColumns(table, List.of(new KeyAttribute("id", "S")), false, false, false);
        assertThat(columns.terms())
                .containsExactly(
                        "HEX(`id`)", "CAST(`taken` AS CHAR)", "CAST(`large` AS CHAR)", "CAST(`truth` AS CHAR)");
    }

    @Test
    void ofSeveralUniqueKeysTheFirstByItsNamesCodePointsIsTheStreams() {
        List<Column> columns = List.of(column("a", "int", false), column("b", "int", false));
        Index lower = new Index("a_key", true, List.of("a"));
        Index upper = new Index("B_key", true, List.of("b"));
        // as MySQL lists them
        assertThat(table(columns, lower, upper).streamKey()).containsExactly("b");
        assertThat(table(columns, new Index("PRIMARY", true, List.of("a", "b")), lower, upper)
                        .streamKey())
                .containsExactly("a", "b");
        assertThat(table(columns, new Index("A", false, List.of("a"))).streamKey())
                .isEmpty();
    }
}
