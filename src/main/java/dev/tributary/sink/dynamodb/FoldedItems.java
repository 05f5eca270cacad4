package dev.tributary.sink.dynamodb;

import dev.tributary.record.ChangeRecord;
import dev.tributary.record.Gaps;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Row;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is left of many changes: one write for each key, of what is there at the end, so that they may be made in any order. A change of
 * key is the end of the old one.
 */
final class FoldedItems {
    private final Map<ItemKey, ItemWrite> byKey = new LinkedHashMap<>();

    /** Adds a change; to be called in the order of the source. */
    void add(RowItems items, ChangeRecord change) {
        Row before = change.before();
        Row after = change.after();
        ItemKey old = before == null ? null : items.key(before);
        ItemKey now = after == null ? null : items.key(after);
        boolean moved = old != null && (now == null || !old.equals(now));
        if (old != null && moved) {
            byKey.put(old, new ItemWrite.Delete(old));
        }
        if (after == null || now == null) {
            return;
        }
        Gaps gaps = after.gaps();
        if (gaps != null && moved) {
            throw items.moved(now);
        }
        byKey.put(
                now,
                gaps == null || old == null ? whole(items.put(now, after)) : after(items.update(now, after, gaps)));
    }

    private ItemWrite after(ItemWrite.Update update) {
        return switch (byKey.get(update.key())) {
            case null -> update;
            case ItemWrite.Put put -> whole(update.of(put));
            case ItemWrite.Update before -> before.then(update);
            // it was gone before: of a row that is not there nothing is changed
            case ItemWrite.Delete gone -> gone;
        };
    }

    private static ItemWrite.Put whole(ItemWrite.Put put) {
        int size = ItemSize.of(put.item());
        if (size > ItemSize.MOST) {
            throw new PipelineException(
                    Kind.FATAL,
                    "table " + put.key().table() + ", key " + put.key() + ": the item has " + size
                            + " bytes, and DynamoDB takes " + ItemSize.MOST
                            + "; make the row smaller at the source, or leave the table out (TRIBUTARY_SOURCE, parameter"
                            + " 'exclude')");
        }
        return put;
    }

    /** In no order that matters. */
    Collection<ItemWrite> writes() {
        return byKey.values();
    }
}
