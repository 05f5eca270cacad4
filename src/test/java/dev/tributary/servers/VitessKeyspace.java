package dev.tributary.servers;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** One keyspace of a cluster: its shards and its VSchema. */
final class VitessKeyspace {
    private static final Duration VSCHEMA_LIMIT = Duration.ofSeconds(60);
    private static final Duration PATIENCE = Duration.ofSeconds(8);

    private final VitessMachine machine;
    private final VtGate vtgate;
    private final String name;
    private final SequencedMap<String, VitessShard> shards = new LinkedHashMap<>();

    VitessKeyspace(VitessMachine machine, VtGate vtgate, String name) {
        this.machine = machine;
        this.vtgate = vtgate;
        this.name = name;
    }

    String name() {
        return name;
    }

    /** Makes shards whose mysqlds are starting. */
    List<VitessShard> create(Collection<String> names) {
        List<VitessShard> created = Parallel.map(names, shard -> VitessShard.create(machine, vtgate, name, shard));
        synchronized (this) {
            created.forEach(shard -> shards.put(shard.name(), shard));
        }
        return created;
    }

    /** Adds shards that run and serve nothing yet, as a reshard wants its targets. */
    void add(Collection<String> names) {
        Parallel.run(create(names), VitessShard::launch);
    }

    /** Kills the tablets of shards that the topology no longer has. */
    void forget(Collection<String> names) {
        for (String shard : names) {
            VitessShard removed;
            synchronized (this) {
                removed = shards.remove(shard);
            }
            if (removed != null) {
                removed.tablets().forEach(VitessTablet::kill);
            }
        }
    }

    synchronized List<VitessShard> shards() {
        return List.copyOf(shards.values());
    }

    synchronized VitessShard shard(String shard) {
        VitessShard known = shards.get(shard);
        if (known == null) {
            throw new IllegalArgumentException(name + " has no shard " + shard + " but " + shards.keySet());
        }
        return known;
    }

    void awaitServing() {
        shards().forEach(VitessShard::awaitServing);
    }

    boolean isSharded() {
        return !List.of("0", "-").contains(shards().getFirst().name());
    }

    /** Replaces the VSchema and waits until VTGate goes by it. */
    void applyVSchema(String json) {
        try {
            // of thousands of tables it is too long for an argument
            Path file = Files.createTempFile("tributary-vschema", ".json");
            try {
                Files.writeString(file, json);
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
                machine.vtctl().run("ApplyVSchema", "--vschema-file=" + file, name);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        JsonObject expected = new JsonObject(json);
        Await.until(
                "VTGate knows the VSchema " + json, VSCHEMA_LIMIT, () -> knows(expected), vtgate.process()::logTail);
    }

    private boolean knows(JsonObject vschema) throws SQLException {
        try (Connection connection = vtgate.connect(name)) {
            String sharded = vschema.getBoolean("sharded", false).toString();
            JsonObject tables = vschema.getJsonObject("tables", new JsonObject());
            if (!column(connection, "SHOW VSCHEMA TABLES", 0).containsAll(tables.fieldNames())
                    || !column(connection, "SHOW VSCHEMA VINDEXES", 1).equals(names(vschema))
                    || !Sql.query(connection, "SHOW VSCHEMA KEYSPACES").stream()
                            .anyMatch(row -> name.equals(row.get(0)) && sharded.equals(row.get(1)))) {
                return false;
            }
            for (String table : tables.fieldNames()) {
                JsonArray vindexes = tables.getJsonObject(table).getJsonArray("column_vindexes", new JsonArray());
                for (int i = 0; i < vindexes.size(); i++) {
                    String vindex = vindexes.getJsonObject(i).getString("name");
                    if (!column(connection, "SHOW VSCHEMA VINDEXES ON `" + table + "`", 1)
                            .contains(vindex)) {
                        return false;
                    }
                }
            }
            return true;
        }
    }

    /** Drops all tables and views and empties the VSchema. */
    void reset() throws SQLException {
        dropTables();
        applyVSchema(new JsonObject().put("sharded", isSharded()).encode());
        long began = System.nanoTime();
        AtomicLong reminders = new AtomicLong();
        Await.until(
                "VTGate has forgotten the tables of " + name,
                VSCHEMA_LIMIT,
                () -> {
                    Set<String> known;
                    try (Connection connection = vtgate.connect(name)) {
                        known = column(connection, "SHOW VSCHEMA TABLES", 0);
                    }
                    long due = PATIENCE.toNanos() * (reminders.get() + 1);
                    if (!known.isEmpty() && System.nanoTime() - began > due) {
                        remind(known, reminders.getAndIncrement());
                    }
                    return known.isEmpty();
                },
                vtgate.process()::logTail);
    }

    /**
     * A VTGate that was about to reach a tablet again when a table was dropped never hears of it, unless it is made once more
     * and dropped a while later.
     */
    private void remind(Set<String> tables, long times) throws SQLException {
        if (times % 2 == 1) {
            dropTables();
            return;
        }
        for (VitessShard shard : shards()) {
            try (Connection connection = vtgate.connect(name + ":" + shard.name() + "@primary")) {
                for (String table : tables) {
                    Sql.execute(connection, "CREATE TABLE IF NOT EXISTS `" + table + "` (id BIGINT PRIMARY KEY)");
                }
            }
        }
    }

    private void dropTables() throws SQLException {
        for (VitessShard shard : shards()) {
            try (Connection connection = vtgate.connect(name + ":" + shard.name() + "@primary")) {
                Sql.execute(connection, "SET foreign_key_checks = 0");
                for (List<@Nullable String> table : Sql.query(connection, "SHOW FULL TABLES")) {
                    String kind = "VIEW".equals(table.get(1)) ? "VIEW" : "TABLE";
                    Sql.execute(connection, "DROP " + kind + " `" + table.get(0) + "`");
                }
            }
        }
    }

    private static Set<String> names(JsonObject vschema) {
        return vschema.getJsonObject("vindexes", new JsonObject()).fieldNames();
    }

    /** One column of a statement's rows; VTGate's own table left out. */
    private static Set<String> column(Connection connection, String statement, int column) throws SQLException {
        Set<String> values = new TreeSet<>();
        for (List<@Nullable String> row : Sql.query(connection, statement)) {
            values.add(String.valueOf(row.get(column)));
        }
        values.remove("dual");
        return values;
    }
}
