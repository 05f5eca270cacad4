package dev.tributary.diff;

import static dev.tributary.diff.ValueSql.quoted;

import dev.tributary.diff.TableInfo.Column;
import dev.tributary.diff.dynamodb.ItemTable.KeyAttribute;
import dev.tributary.diff.item.Item;
import dev.tributary.diff.item.JsonText;
import dev.tributary.diff.item.Value;
import io.vertx.core.json.JsonArray;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The items that the rows of a table are to be: an attribute for each column that is not NULL. */
final class RowItems implements RowForm {
    /** The attribute that has what of a key goes beyond two columns. */
    static final String COMPOSITE = "_key";

    private final TableInfo table;
    private final List<ItemValues> columns;
    private final Map<String, ItemValues> byName = new HashMap<>();
    /** Where the key's columns are. */
    private final List<Integer> key = new ArrayList<>();

    /** @param table of the source; has a key */
    RowItems(TableInfo table, boolean jsonMaps) {
        this.table = table;
        this.columns = table.columns().stream()
                .map(column -> new ItemValues(column, jsonMaps))
                .toList();
        columns.forEach(column -> byName.put(column.column().name(), column));
        for (String name : table.streamKey()) {
            for (int i = 0; i < columns.size(); i++) {
                if (columns.get(i).column().name().equalsIgnoreCase(name)) {
                    key.add(i);
                }
            }
        }
    }

    private boolean isComposite() {
        return key.size() > 2;
    }

    /** The key that the target's table has to have. */
    List<KeyAttribute> keyAttributes() {
        List<KeyAttribute> attributes = new ArrayList<>();
        for (int i : key.subList(0, isComposite() ? 1 : key.size())) {
            Column column = columns.get(i).column();
            attributes.add(new KeyAttribute(column.name(), columns.get(i).keyType()));
        }
        if (isComposite()) {
            attributes.add(new KeyAttribute(COMPOSITE, "S"));
        }
        return attributes;
    }

    @Override
    public String table() {
        return table.name();
    }

    @Override
    public List<String> terms() {
        return columns.stream().map(ItemValues::term).toList();
    }

    @Override
    public Item item(Row row) {
        SortedMap<String, Value> attributes = new TreeMap<>();
        for (int i = 0; i < columns.size(); i++) {
            String text = row.getString(i);
            if (text != null) {
                attributes.put(
                        columns.get(i).column().name(),
                        isKey(i)
                                ? columns.get(i).keyValue(text)
                                : columns.get(i).value(text));
            }
        }
        List<Value> values = new ArrayList<>();
        for (int i : key.subList(0, isComposite() ? 1 : key.size())) {
            values.add(Objects.requireNonNull(
                    attributes.get(columns.get(i).column().name())));
        }
        if (isComposite()) {
            JsonArray rest = new JsonArray();
            for (int i : key.subList(1, key.size())) {
                rest.add(columns.get(i).keyText(Objects.requireNonNull(row.getString(i))));
            }
            Value composite = new Value.Text(rest.encode());
            values.add(composite);
            attributes.put(COMPOSITE, composite);
        }
        return new Item(values, attributes);
    }

    /** Whether it is an attribute of the key by itself. */
    private boolean isKey(int column) {
        int place = key.indexOf(column);
        return isComposite() ? place == 0 : place >= 0;
    }

    /** An item of the target's, with what may be written in several ways written in one. */
    Item found(Item item) {
        SortedMap<String, Value> attributes = new TreeMap<>();
        item.attributes().forEach((name, value) -> {
            ItemValues column = byName.get(name);
            attributes.put(name, column == null ? value : column.found(value));
        });
        return new Item(item.key(), attributes);
    }

    @Override
    public Optional<String> condition(List<Value> values) {
        List<Value> all = new ArrayList<>(values);
        if (isComposite()) {
            Value rest = all.removeLast();
            if (!(rest instanceof Value.Text(String text))
                    || !(JsonText.parse(text).orElse(null) instanceof Value.Elements(List<Value> elements))) {
                return Optional.empty();
            }
            all.addAll(elements);
        }
        if (all.size() != key.size()) {
            return Optional.empty();
        }
        List<String> terms = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            ItemValues column = columns.get(key.get(i));
            Optional<String> literal = column.literal(all.get(i));
            if (literal.isEmpty()) {
                return Optional.empty();
            }
            terms.add(quoted(column.column().name()) + " = " + literal.get());
        }
        return Optional.of(String.join(" AND ", terms));
    }
}
