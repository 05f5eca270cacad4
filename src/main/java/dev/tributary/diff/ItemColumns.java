package dev.tributary.diff;

import static dev.tributary.diff.ValueSql.quoted;

import dev.tributary.diff.TableInfo.Column;
import dev.tributary.diff.dynamodb.ItemTable.KeyAttribute;
import dev.tributary.diff.item.Item;
import dev.tributary.diff.item.JsonText;
import dev.tributary.diff.item.TypedDocument;
import dev.tributary.diff.item.Value;
import io.vertx.sqlclient.Row;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A table that items were written into: a column for each attribute and one for what has none, or one for the whole item. Each value
 * is read off the column that it is in, whichever that is.
 */
final class ItemColumns implements RowForm {
    /** What has no column of its own. */
    static final String REST = "_other";
    /** The whole item. */
    static final String WHOLE = "_item";

    private static final int MOST_DIGITS = 65;
    private static final int MOST_FRACTIONS = 30;

    private final String table;
    private final int keys;
    private final List<KeyAttribute> key;
    private final boolean whole;
    private final boolean plain;
    /** Those that have values, the key's first; of the last column, with what has no column of its own, the name is empty. */
    private final List<Read> columns = new ArrayList<>();

    /** A column's attribute, its term, and what its text says. */
    private record Read(String attribute, String term, Function<String, Value> value) {}

    /**
     * @param key of the items
     * @param whole whether an item is one document
     * @param plain whether documents don't tell the types of their values
     * @param mariaDb whether a LONGTEXT is a document
     */
    ItemColumns(TableInfo table, List<KeyAttribute> key, boolean whole, boolean plain, boolean mariaDb) {
        this.table = table.name();
        this.key = key;
        this.keys = key.size();
        this.whole = whole;
        this.plain = plain;
        for (KeyAttribute attribute : key) {
            columns.add(keyColumn(attribute));
        }
        String last = whole ? WHOLE : REST;
        for (Column column : table.columns()) {
            boolean isKey = key.stream().anyMatch(attribute -> attribute.name().equals(column.name()));
            if (!whole && !isKey && !column.name().equalsIgnoreCase(last)) {
                Read read = column(column, mariaDb);
                if (read != null) {
                    columns.add(read);
                }
            }
        }
        if (table.column(last) != null) {
            columns.add(new Read("", unicode(last), text -> new Value.Text(text)));
        }
    }

    private static Read keyColumn(KeyAttribute attribute) {
        String name = attribute.name();
        return switch (attribute.type()) {
            case "N" -> new Read(name, digits(name), ItemColumns::number);
            case "B" -> new Read(name, "HEX(" + quoted(name) + ")", ItemColumns::bytes);
            default ->
                new Read(
                        name,
                        "HEX(" + quoted(name) + ")",
                        hex -> new Value.Text(new String(HexFormat.of().parseHex(hex), StandardCharsets.UTF_8)));
        };
    }

    /** Null for one that no attribute is written to, by its type or for it is computed: it is somebody else's. */
    private @Nullable Read column(Column column, boolean mariaDb) {
        if (column.generated()) {
            return null;
        }
        String name = column.name();
        return switch (column.type()) {
            case "longtext" -> mariaDb ? document(name) : text(name);
            case "varchar", "tinytext", "text", "mediumtext" -> text(name);
            case "varbinary", "tinyblob", "blob", "mediumblob", "longblob" ->
                new Read(name, "HEX(" + quoted(name) + ")", ItemColumns::bytes);
            case "json" -> document(name);
            case "bigint", "decimal" ->
                column.declared().contains("unsigned") ? null : new Read(name, digits(name), ItemColumns::number);
            case "tinyint" ->
                column.declared().equals("tinyint(1)") ? new Read(name, digits(name), ItemColumns::truth) : null;
            default -> null;
        };
    }

    private static Read text(String name) {
        return new Read(name, unicode(name), Value.Text::new);
    }

    private Read document(String name) {
        return new Read(
                name,
                unicode(name),
                text -> JsonText.parse(text)
                        .map(json -> plain ? new Value.Plain(json, false) : TypedDocument.value(json))
                        .orElseGet(() -> new Value.Odd("no document: " + text)));
    }

    private static String unicode(String name) {
        return "CONVERT(" + quoted(name) + " USING utf8mb4)";
    }

    private static String digits(String name) {
        return "CAST(" + quoted(name) + " AS CHAR)";
    }

    private static Value number(String digits) {
        return Value.number(new BigDecimal(digits));
    }

    private static Value bytes(String hex) {
        return new Value.Bytes(Base64.getEncoder().encodeToString(HexFormat.of().parseHex(hex)));
    }

    private static Value truth(String digit) {
        return switch (digit) {
            case "0" -> new Value.Bool(false);
            case "1" -> new Value.Bool(true);
            default -> new Value.Odd("a truth of " + digit);
        };
    }

    @Override
    public String table() {
        return table;
    }

    @Override
    public List<String> terms() {
        return columns.stream().map(Read::term).toList();
    }

    @Override
    public Item item(Row row) {
        SortedMap<String, Value> attributes = new TreeMap<>();
        List<Value> ofKey = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            Read column = columns.get(i);
            String text = row.getString(i);
            if (column.attribute().isEmpty()) {
                rest(text)
                        .forEach((name, value) -> attributes.merge(
                                name, value, (one, two) -> new Value.Odd("two values: " + one + ", " + two)));
                continue;
            }
            Value value = text == null ? new Value.Null() : column.value().apply(text);
            if (i < keys) {
                ofKey.add(value);
            }
            // a document has the key's attributes, too
            if (text != null && !whole) {
                attributes.put(column.attribute(), value);
            }
        }
        return new Item(ofKey, attributes);
    }

    private SortedMap<String, Value> rest(@Nullable String text) {
        if (text == null) {
            return new TreeMap<>();
        }
        Value json = JsonText.parse(text).orElseGet(() -> new Value.Odd("no document: " + text));
        if (whole && plain && json instanceof Value.Entries(SortedMap<String, Value> entries)) {
            SortedMap<String, Value> attributes = new TreeMap<>();
            entries.forEach((name, value) -> attributes.put(name, new Value.Plain(value, true)));
            return attributes;
        }
        return TypedDocument.attributes(json);
    }

    @Override
    public Optional<String> condition(List<Value> values) {
        List<String> terms = new ArrayList<>();
        for (int i = 0; i < keys; i++) {
            String literal = i < values.size() ? literal(values.get(i)) : null;
            if (literal == null) {
                return Optional.empty();
            }
            terms.add(quoted(key.get(i).name()) + " = " + literal);
        }
        return Optional.of(String.join(" AND ", terms));
    }

    private static @Nullable String literal(Value value) {
        return switch (value) {
            case Value.Text(String text) ->
                "X'" + HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8)) + "'";
            case Value.Bytes(String base64) ->
                "X'" + HexFormat.of().formatHex(Base64.getDecoder().decode(base64)) + "'";
            case Value.Numeral(BigDecimal number) ->
                // no column has others
                number.precision() - Math.min(0, number.scale()) <= MOST_DIGITS && number.scale() <= MOST_FRACTIONS
                        ? number.toPlainString()
                        : null;
            default -> null;
        };
    }
}
