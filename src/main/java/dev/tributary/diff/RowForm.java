package dev.tributary.diff;

import dev.tributary.diff.item.Item;
import dev.tributary.diff.item.Value;
import io.vertx.sqlclient.Row;
import java.util.List;
import java.util.Optional;

/** Which items the rows of a table stand for. */
interface RowForm {
    /** The table's name. */
    String table();

    /** What is selected of a row, in SQL. */
    List<String> terms();

    /** What a row stands for, of which these terms were selected. */
    Item item(Row row);

    /** The condition, in SQL, that rows with a key fulfil, and maybe others; empty if there can be none with it. */
    Optional<String> condition(List<Value> key);
}
