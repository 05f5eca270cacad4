package dev.tributary.sink.mysql;

import dev.tributary.sink.mysql.Statement.Purpose;
import java.util.ArrayList;
import java.util.List;

/**
 * The statements of one batch's transaction.
 *
 * @param saving save its position
 * @param rows write its rows
 * @param savesLast whether the position comes behind the rows in any case
 */
record BatchPlan(List<Statement> saving, List<Statement> rows, boolean savesLast) {
    /** All, in their order. The position comes first where it may: its row keeps another owner's claim apart. */
    List<Statement> all() {
        List<Statement> all = new ArrayList<>(saving.size() + rows.size());
        all.addAll(savesLast ? rows : saving);
        all.addAll(savesLast ? saving : rows);
        return all;
    }

    /**
     * Whether the rows may be written while the batch before is being committed: inserts, and deletes by key, wait for those
     * of that which are the same. An UPDATE may pass over a row that is not yet committed.
     */
    boolean mayOverlap() {
        return rows.stream().allMatch(statement -> statement.purpose() == Purpose.ROWS);
    }
}
