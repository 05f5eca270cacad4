package dev.tributary.diff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.diff.TableInfo.Column;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class KeyRangeTest {
    private static final KeyColumn NUMBER = column("int", null, null);
    private static final KeyColumn TEXT = column("varchar", "latin1", "latin1_swedish_ci");

    private static KeyColumn column(String type, @Nullable String charset, @Nullable String collation) {
        Column column = new Column("c", type, type, false, charset, collation, false);
        return KeyColumn.of(column, column);
    }

    @Test
    void boundsOfSeveralColumnsAreInTheKeysOrder() {
        KeyRange range = new KeyRange(List.of("-5", "41"), List.of("7", ""));

        assertThat(range.where(List.of("`a`", "`b`"), List.of(NUMBER, TEXT)))
                .isEqualTo("(`a` > -5 OR (`a` = -5 AND (`b` > _latin1 X'41')))"
                        + " AND (`a` < 7 OR (`a` = 7 AND (`b` <= _latin1 X'')))");
        assertThat(KeyRange.ALL.where(List.of("`a`"), List.of(NUMBER))).isEqualTo("TRUE");
    }

    @Test
    void aTextThatIsNoValueOfItsTypeNeverGetsIntoAStatement() {
        for (KeyColumn column : List.of(NUMBER, TEXT, column("datetime", null, null), column("binary", null, null))) {
            assertThatThrownBy(() -> column.literal("1' OR '1'='1")).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void aKeyOfAnotherCollationOrOfLabelsHasNoBounds() {
        Column ci = new Column("c", "varchar", "varchar(9)", false, "utf8mb4", "utf8mb4_0900_ai_ci", false);
        Column bin = new Column("c", "varchar", "varchar(9)", false, "utf8mb4", "utf8mb4_bin", false);

        assertThat(KeyColumn.of(ci, bin).form()).isNull();
        assertThat(column("enum", "utf8mb4", "utf8mb4_bin").form()).isNull();
        assertThat(KeyColumn.of(ci, ci).form()).isEqualTo(KeyColumn.Form.TEXT);
    }
}
