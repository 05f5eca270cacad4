package dev.tributary.diff;

import dev.tributary.diff.dynamodb.ItemTable;
import dev.tributary.diff.item.Item;
import dev.tributary.diff.item.Value;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * A table of DynamoDB.
 *
 * @param segments parts of it that are scanned at a time
 * @param form what an item is compared as
 */
record DynamoItems(ItemTable table, int segments, UnaryOperator<Item> form) implements ItemEnd {
    @Override
    public long estimate() {
        return table.estimate();
    }

    @Override
    public int servers() {
        return 1;
    }

    @Override
    public <A> Future<List<A>> scan(Supplier<A> fresh, BiConsumer<A, Item> add) {
        A all = fresh.get();
        return table.scan(segments, item -> add.accept(all, form.apply(item))).map(List.of(all));
    }

    @Override
    public Future<Map<List<Value>, Item>> read(Collection<List<Value>> keys) {
        return table.read(keys).map(items -> {
            Map<List<Value>, Item> formed = new HashMap<>();
            items.forEach((key, item) -> formed.put(key, form.apply(item)));
            return formed;
        });
    }
}
