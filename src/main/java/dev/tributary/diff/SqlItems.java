package dev.tributary.diff;

import dev.tributary.diff.item.Item;
import dev.tributary.diff.item.Value;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** A table of servers of SQL, whose rows stand for items. */
record SqlItems(Side side, RowForm form) implements ItemEnd {
    private String select() {
        return "SELECT " + String.join(", ", form.terms()) + " FROM " + ValueSql.quoted(form.table());
    }

    private String what() {
        return "reading rows of " + form.table();
    }

    @Override
    public long estimate() {
        return side.tables().stream()
                .mapToLong(tables -> {
                    TableInfo table = tables.get(form.table());
                    return table == null ? 0 : table.rows();
                })
                .sum();
    }

    @Override
    public int servers() {
        return side.servers().size();
    }

    @Override
    public <A> Future<List<A>> scan(Supplier<A> fresh, BiConsumer<A, Item> add) {
        return Future.all(side.servers().stream()
                        .map(server -> server.scan(
                                what(),
                                select(),
                                fresh,
                                (A all, io.vertx.sqlclient.Row row) -> add.accept(all, form.item(row))))
                        .toList())
                .map(all -> all.<A>list());
    }

    @Override
    public Future<Map<List<Value>, Item>> read(Collection<List<Value>> keys) {
        Set<List<Value>> wanted = new HashSet<>(keys);
        String where = wanted.stream()
                .flatMap(key -> form.condition(key).stream())
                .map(condition -> "(" + condition + ")")
                .collect(Collectors.joining(" OR "));
        if (where.isEmpty()) {
            return Future.succeededFuture(Map.of());
        }
        return side.ask(server -> server.scan(what(), select() + " WHERE " + where, form::item))
                .map(answers -> {
                    Map<List<Value>, Item> found = new HashMap<>();
                    answers.forEach(answer -> answer.forEach(item -> {
                        if (wanted.contains(item.key())) {
                            found.merge(item.key(), item, Item::and);
                        }
                    }));
                    return found;
                });
    }
}
