package dev.tributary.sink.mysql;

import dev.tributary.sink.mysql.TargetLayout.UniqueIndex;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What is known of the target's tables: asked for many at a time, and kept. Readable on any thread. */
final class Catalog {
    private static final String TABLES = "SELECT TABLE_NAME, TABLE_TYPE, ENGINE FROM information_schema.TABLES";
    private static final String COLUMNS = "SELECT TABLE_NAME, COLUMN_NAME, DATA_TYPE, COLUMN_TYPE, IS_NULLABLE,"
            + " COLUMN_DEFAULT, EXTRA, CHARACTER_SET_NAME, COLLATION_NAME FROM information_schema.COLUMNS";
    private static final String INDEXES =
            "SELECT TABLE_NAME, INDEX_NAME, NON_UNIQUE, COLUMN_NAME, SUB_PART, SEQ_IN_INDEX"
                    + " FROM information_schema.STATISTICS";
    /** Not DEFAULT_GENERATED, which MySQL says of a default that is an expression. */
    private static final Pattern GENERATED = Pattern.compile("\\b(VIRTUAL|STORED|PERSISTENT) GENERATED\\b");

    private static final Pattern FUNCTION = Pattern.compile("^[a-z_]+\\s*\\(", Pattern.CASE_INSENSITIVE);
    private static final Pattern NOW = Pattern.compile("^CURRENT_TIMESTAMP", Pattern.CASE_INSENSITIVE);
    /** The default of a TEXT or BLOB that is empty. */
    private static final Pattern EMPTY = Pattern.compile("(_[a-z0-9]+)?(''|\\\\'\\\\')");

    private final Sessions sessions;
    private final String schema;
    private final boolean vitess;
    private volatile Texts texts = Texts.CHARACTERS;
    private volatile boolean foldsCase;
    private volatile boolean mariaDb;
    /** The tables that records go to, as many as the router names. */
    private final AtomicReference<Map<String, TargetLayout>> layouts = new AtomicReference<>(Map.of());

    /** @param vitess whether the server is a VTGate */
    Catalog(Sessions sessions, String schema, boolean vitess) {
        this.sessions = sessions;
        this.vitess = vitess;
        this.schema = schema;
    }

    void know(Acquaintance.Facts facts) {
        foldsCase = facts.foldsCase();
        mariaDb = facts.mariaDb();
        texts = !vitess ? Texts.BYTES : facts.atomic() ? Texts.DIGITS : Texts.CHARACTERS;
    }

    boolean isMariaDb() {
        return mariaDb;
    }

    @Nullable
    TargetLayout layout(String table) {
        return layouts.get().get(spelling(table));
    }

    /** Asks for these tables; afterwards {@link #layout} knows those that exist. */
    Future<Void> load(Collection<String> tables) {
        if (tables.isEmpty()) {
            return Future.succeededFuture();
        }
        return sessions.acquire()
                .compose(session -> ask(session, tables)
                        .compose(found -> session.commit().map(found))
                        .onSuccess(found -> sessions.release(session))
                        .onFailure(failure -> session.close())
                        .<Void>map(found -> keep(tables, found)));
    }

    private Future<Map<String, TargetLayout>> ask(Session session, Collection<String> names) {
        Tuple values = Tuple.tuple().addValue(schema);
        names.forEach(values::addValue);
        String where = " WHERE TABLE_SCHEMA = ? AND TABLE_NAME IN (" + "?, ".repeat(names.size() - 1) + "?)";
        String columns = COLUMNS + where + " ORDER BY TABLE_NAME, ORDINAL_POSITION";
        String indexes = INDEXES + where + " ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX";
        return session.query(TABLES + where, values)
                .compose(found -> session.query(columns, values)
                        .compose(described ->
                                session.query(indexes, values).map(indexed -> read(found, described, indexed))));
    }

    private Map<String, TargetLayout> read(RowSet<Row> tables, RowSet<Row> columns, RowSet<Row> indexes) {
        Set<List<String>> leading = new HashSet<>();
        Map<String, Map<String, UniqueIndex>> unique = indexes(indexes, leading);
        Map<String, List<TargetColumn>> described = new HashMap<>();
        for (Row row : columns) {
            String table = row.getString(0);
            described
                    .computeIfAbsent(table, name -> new ArrayList<>())
                    .add(column(row, leading.contains(List.of(table, row.getString(1)))));
        }
        Map<String, TargetLayout> layouts = new HashMap<>();
        for (Row row : tables) {
            String table = row.getString(0);
            String engine = row.getString(2);
            layouts.put(
                    table,
                    new TargetLayout(
                            table,
                            row.getString(1).contains("VIEW"),
                            engine == null ? "" : engine,
                            mariaDb,
                            described.getOrDefault(table, List.of()),
                            List.copyOf(unique.getOrDefault(table, Map.of()).values())));
        }
        return layouts;
    }

    private static Map<String, Map<String, UniqueIndex>> indexes(RowSet<Row> rows, Set<List<String>> leading) {
        Map<String, Map<String, UniqueIndex>> unique = new HashMap<>();
        for (Row row : rows) {
            String table = row.getString(0);
            String column = row.getString(3);
            if (row.getInteger(5) == 1 && column != null) {
                leading.add(List.of(table, column));
            }
            if (row.getInteger(2) != 0) {
                continue;
            }
            Map<String, UniqueIndex> ofTable = unique.computeIfAbsent(table, name -> new LinkedHashMap<>());
            UniqueIndex before = ofTable.get(row.getString(1));
            List<@Nullable String> names = new ArrayList<>(before == null ? List.of() : before.columns());
            names.add(column);
            List<Integer> parts = new ArrayList<>(before == null ? List.of() : before.parts());
            parts.add(row.getValue(4) == null ? 0 : row.getInteger(4));
            ofTable.put(row.getString(1), new UniqueIndex(row.getString(1), names, parts));
        }
        return unique;
    }

    private TargetColumn column(Row row, boolean leads) {
        String extra = row.getString(6) == null ? "" : row.getString(6).toUpperCase(Locale.ROOT);
        boolean generated = GENERATED.matcher(extra).find();
        boolean counter = extra.contains("AUTO_INCREMENT");
        boolean nullable = row.getString(4).equals("YES");
        boolean optional = nullable || generated || counter || row.getValue(5) != null;
        return new TargetColumn(
                row.getString(1),
                row.getString(2).toLowerCase(Locale.ROOT),
                row.getString(3),
                row.getString(7),
                row.getString(8),
                texts,
                nullable,
                optional,
                generated,
                counter,
                generated || counter || !optional ? null : unset(row, extra),
                leads);
    }

    /** MariaDB shows a default as SQL writes it, MySQL says whether it is an expression. */
    private @Nullable String unset(Row row, String extra) {
        String value = row.getString(5);
        boolean expression = extra.contains("DEFAULT_GENERATED");
        if (value == null || (mariaDb && value.equals("NULL"))) {
            return "NULL";
        }
        if (expression && EMPTY.matcher(value).matches()) {
            return "''";
        }
        // what a function makes is another value for each row
        return expression || (mariaDb ? FUNCTION : NOW).matcher(value).find()
                ? null
                : "DEFAULT(" + Identifiers.quoted(row.getString(1)) + ")";
    }

    private @Nullable Void keep(Collection<String> asked, Map<String, TargetLayout> found) {
        layouts.updateAndGet(known -> {
            Map<String, TargetLayout> all = new HashMap<>(known);
            asked.forEach(table -> all.remove(spelling(table)));
            found.forEach((table, layout) -> {
                TargetLayout before = known.get(spelling(table));
                // the same instance while nothing changes: what is derived from it is kept by identity
                all.put(spelling(table), layout.equals(before) ? before : layout);
            });
            return Map.copyOf(all);
        });
        return null;
    }

    private String spelling(String table) {
        return foldsCase ? table.toLowerCase(Locale.ROOT) : table;
    }
}
