package dev.tributary.sink.mysql;

import static dev.tributary.sink.mysql.Identifiers.quoted;

import dev.tributary.record.Column;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.TableId;
import dev.tributary.record.TableSchema;
import dev.tributary.route.TargetTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** How rows of one shape fit one target table; made only if they do. */
final class Shape {
    private final TargetLayout layout;
    private final TableSchema schema;
    private final List<Binding> written;
    private final List<Binding> key;
    private final List<Binding> owner;
    private final String one;
    private final boolean replaces;
    /** Columns that a row of an open shape has no value in. */
    private final List<String> absent;

    private Shape(
            TargetLayout layout,
            TableSchema schema,
            List<Binding> written,
            List<Binding> key,
            List<Binding> owner,
            String one,
            boolean replaces) {
        this.layout = layout;
        this.schema = schema;
        this.written = written;
        this.key = key;
        this.owner = owner;
        this.one = one;
        this.replaces = replaces;
        this.absent = schema.open() ? OpenColumns.absent(schema, layout) : List.of();
    }

    /** @param rules what becomes of columns that the target lacks */
    static Shape of(TargetTable target, TableSchema schema, TargetLayout layout, SchemaRules rules) {
        List<Binding> written = new ArrayList<>();
        Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        List<Column> columns = schema.columns();
        for (int i = 0; i < columns.size(); i++) {
            String name = columns.get(i).name();
            TargetColumn column = layout.column(name);
            if (column == null && rules.skipsMissing()) {
                continue;
            }
            if (column == null) {
                throw withoutColumn(target, schema.table(), name, rules.evolves());
            }
            if (!column.generated()) {
                written.add(Binding.of(columns.get(i), i, column));
            }
            names.add(column.name());
        }
        for (TargetColumn column : layout.columns()) {
            if (!column.optional() && !names.contains(column.name())) {
                throw wrong(
                        target,
                        "column " + column.name() + " of the target has no default and does not exist in source"
                                + " table " + schema.table());
            }
        }
        boolean replaces = !target.keyColumns().isEmpty()
                && !layout.otherUnique(target.keyColumns(), names).isEmpty();
        int[] key = key(target, schema);
        return new Shape(
                layout,
                schema,
                written,
                bindings(schema, key, layout),
                bindings(schema, owner(schema, key), layout),
                one(layout, names),
                replaces);
    }

    /** @param names the columns that rows come with */
    private static String one(TargetLayout layout, Set<String> names) {
        String unset = layout.columns().stream()
                .filter(column -> !names.contains(column.name()) && column.unset() != null)
                // to the byte, as the row itself
                .map(column ->
                        "(CAST(" + quoted(column.name()) + " AS BINARY) <=> CAST(" + column.unset() + " AS BINARY))")
                .collect(Collectors.joining(" + "));
        return (unset.isEmpty() ? "" : " ORDER BY " + unset + " DESC") + " LIMIT 1";
    }

    private static List<Binding> bindings(TableSchema schema, int[] indexes, TargetLayout layout) {
        return Arrays.stream(indexes)
                .mapToObj(index -> {
                    Column column = schema.columns().get(index);
                    return Binding.of(column, index, Objects.requireNonNull(layout.column(column.name())));
                })
                .toList();
    }

    /** Whether the table can take rows that are told apart by these columns; the schema of the rows is not asked. */
    static void check(TargetTable target, TargetLayout layout) {
        if (layout.view()) {
            throw wrong(target, "is a view at the target; a table is needed");
        }
        if (!layout.isTransactional()) {
            throw wrong(target, "its engine " + layout.engine() + " has no transactions; make it an InnoDB table");
        }
        if (target.keyColumns().isEmpty()) {
            return;
        }
        if (!layout.hasKey(target.keyColumns())) {
            throw wrong(
                    target,
                    "the target needs a primary key or unique index on exactly its key ("
                            + String.join(", ", target.keyColumns()) + "); create it, or set TRIBUTARY_KEY_COLUMNS");
        }
        for (TargetColumn column : keyInto(target, layout)) {
            if (column.nullable()) {
                // a unique index takes any number of rows with NULL in it
                throw wrong(target, "key column " + column.name() + " must be NOT NULL at the target");
            }
        }
    }

    private static int[] key(TargetTable target, TableSchema schema) {
        List<Integer> key = new ArrayList<>();
        for (String name : target.keyColumns()) {
            int index = schema.indexOf(name);
            if (index < 0) {
                throw new PipelineException(
                        Kind.SETTING,
                        "TRIBUTARY_KEY_COLUMNS: source table " + schema.table() + " has no column " + name);
            }
            key.add(index);
        }
        return ints(key);
    }

    /** The source's key columns, as far as the target's key does not hold them. */
    private static int[] owner(TableSchema schema, int[] key) {
        return schema.key().stream()
                .mapToInt(Integer::intValue)
                .filter(column -> Arrays.stream(key).noneMatch(other -> other == column))
                .toArray();
    }

    private static List<TargetColumn> keyInto(TargetTable target, TargetLayout layout) {
        return target.keyColumns().stream()
                .map(name -> Objects.requireNonNull(layout.column(name)))
                .toList();
    }

    static PipelineException withoutColumn(TargetTable target, TableId source, String column, boolean evolves) {
        return wrong(
                target,
                "column " + column + " of source table " + source + " does not exist at the target; add it there"
                        + (evolves ? "" : ", or set TRIBUTARY_SCHEMA=evolve"));
    }

    private static PipelineException wrong(TargetTable target, String what) {
        return new PipelineException(Kind.FATAL, "table " + target.name() + ": " + what);
    }

    private static int[] ints(List<Integer> numbers) {
        return numbers.stream().mapToInt(Integer::intValue).toArray();
    }

    String table() {
        return layout.name();
    }

    boolean isMariaDb() {
        return layout.mariaDb();
    }

    TableSchema schema() {
        return schema;
    }

    /** The columns that are written. */
    List<Binding> written() {
        return written;
    }

    /** The key columns, empty to append. */
    List<Binding> key() {
        return key;
    }

    /**
     * What the source knows its rows by and the target does not. Where there are some, rows of the source can take a key
     * of the target's over from each other.
     */
    List<Binding> owner() {
        return owner;
    }

    /**
     * Whether the target tells rows apart by the beginnings of some values: then two rows may be there whose whole values
     * are equal in their collation.
     */
    boolean byPrefix() {
        return !key.isEmpty()
                && layout.isKeyByPrefix(key.stream().map(Binding::name).toList());
    }

    /**
     * What takes one of several rows without a key that are equal in all that is written. Where the target has more columns, the
     * others may be of a shard that has these columns already, and this one has no values in them.
     */
    String one() {
        return one;
    }

    /** Whether rows of different keys can clash, so that old ones must be gone before new ones are written. */
    boolean replaces() {
        return replaces;
    }

    boolean appends() {
        return key.isEmpty();
    }

    /** {@code INSERT} of so many rows, whose values {@link RowValues} gives. */
    String insert(int rows) {
        return "INSERT" + into(rows);
    }

    /** The same, where rows that have the same in any unique index are deleted. */
    String replace(int rows) {
        return "REPLACE" + into(rows);
    }

    private String into(int rows) {
        String names = Identifiers.list(written.stream().map(Binding::name).toList());
        String row = written.stream().map(Binding::parameter).collect(Collectors.joining(", ", "(", ")"));
        return " INTO " + quoted(table()) + " (" + names + ") VALUES " + (row + ", ").repeat(rows - 1) + row;
    }

    /** The same, where rows of the same keys are overwritten. {@code VALUES(c)} is what every server understands. */
    String upsert(int rows) {
        StringBuilder sql = new StringBuilder(insert(rows)).append(" ON DUPLICATE KEY UPDATE ");
        for (int i = 0; i < written.size(); i++) {
            String name = quoted(written.get(i).name());
            sql.append(i == 0 ? "" : ", ")
                    .append(name)
                    .append(" = VALUES(")
                    .append(name)
                    .append(')');
        }
        // one that this shape lacks may be there from when the row had it
        absent.forEach(name -> sql.append(", ").append(quoted(name)).append(" = NULL"));
        return sql.toString();
    }

    /** {@code DELETE} of so many rows, which are found by the values of some columns. */
    String delete(List<Binding> by, int rows) {
        String names = Identifiers.list(by.stream().map(Binding::name).toList());
        String values = String.join(", ", by.stream().map(Binding::placeholder).toList());
        boolean single = by.size() == 1;
        String row = single ? values : "(" + values + ")";
        return "DELETE FROM " + quoted(table()) + " WHERE " + (single ? names : "(" + names + ")") + " IN ("
                + (row + ", ").repeat(rows - 1) + row + ")";
    }
}
