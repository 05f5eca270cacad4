package dev.tributary.sink.mysql;

import dev.tributary.record.ChangeRecord;
import dev.tributary.record.Operation;
import dev.tributary.record.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes rows that have a key: what the changes of a batch come to, deletes first. Where that is not the source's key, a
 * row of the source takes no more away than what it has written itself: in the order of a source that does not enforce this
 * key, another row may have taken it over before it is given up, and is not to go with it.
 */
final class KeyedRows implements RowWriter {
    private final Shape shape;
    private final KeyReader keys;
    private final KeyReader owners;
    private final RowDeletes deletes;
    private final RowDeletes ownDeletes;
    private final RowInserts inserts;
    /** Whether rows of a copy may be written as they come. */
    private final boolean plain;
    /** Whether what is there under another key may be in the way. */
    private final boolean replaces;

    /** @param stale whether the table may have rows that the source has no more: they make room for others */
    KeyedRows(Shape shape, RowSizes sizes, boolean stale) {
        this.replaces = shape.replaces() && !stale;
        this.shape = shape;
        this.keys = new KeyReader(shape.table(), shape.key());
        this.owners = new KeyReader(shape.table(), shape.owner());
        this.deletes = new RowDeletes(shape, shape.key(), sizes);
        this.ownDeletes = new RowDeletes(
                shape,
                Stream.concat(shape.key().stream(), shape.owner().stream()).toList(),
                sizes);
        this.plain = !shape.replaces() && shape.owner().isEmpty();
        this.inserts = new RowInserts(
                shape, sizes, replaces ? shape::insert : shape.replaces() ? shape::replace : shape::upsert);
    }

    @Override
    public void write(List<ChangeRecord> records, List<Statement> statements) {
        List<Row> copied = plain ? copied(records) : null;
        if (copied != null && inserts.keepsOrder(copied)) {
            inserts.write(copied, statements);
            return;
        }
        Fold fold = Fold.of(records, keys, owners);
        List<Row> there = fold.there();
        (shape.owner().isEmpty() ? deletes : ownDeletes).write(fold.gone(), statements);
        if (replaces) {
            deletes.write(there, statements);
        }
        inserts.write(there, statements);
    }

    /**
     * The rows, if all are of a copy, which has hardly a key twice: of those that it has the last is written over the others,
     * without folding. Null if not, or if a key is NULL, which is said where they are folded.
     */
    private @Nullable List<Row> copied(List<ChangeRecord> records) {
        List<Row> rows = new ArrayList<>(records.size());
        for (ChangeRecord record : records) {
            Row row = record.after();
            if (record.operation() != Operation.SNAPSHOT || row == null || !keys.has(row)) {
                return null;
            }
            rows.add(row);
        }
        return rows;
    }
}
