package dev.tributary.diff;

import dev.tributary.diff.item.Item;
import dev.tributary.diff.item.Value;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/** One table of one end of a comparison with DynamoDB, as items. Used on the comparison's context alone. */
interface ItemEnd {
    /** Keys that are read at once at most. */
    int MOST_KEYS = 100;

    /** How many items there are, by the servers' own estimate; 0 if they have none. */
    long estimate();

    /** How many servers {@link #scan} asks. */
    int servers();

    /**
     * Reads every item once, except those that are written or deleted meanwhile.
     *
     * @param fresh makes what items are added to, of each server another
     */
    <A> Future<List<A>> scan(Supplier<A> fresh, BiConsumer<A, Item> add);

    /** Reads what there is under some keys now; no more than {@link #MOST_KEYS}. */
    Future<Map<List<Value>, Item>> read(Collection<List<Value>> keys);
}
