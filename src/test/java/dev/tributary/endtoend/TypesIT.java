package dev.tributary.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.TributaryProcess;
import dev.tributary.servers.MySqlServer;
import dev.tributary.servers.NeedsVitess;
import dev.tributary.servers.SharedServers;
import dev.tributary.servers.VitessCluster;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Every type's edge values arrive as they are, byte by byte: through the copy, as a new row, as an update's new and old
 * image, and as a row that is deleted by its values. Into a server whose own settings would change them.
 */
@NeedsVitess
class TypesIT {
    /** Settings of a server that would change values, if they mattered. */
    private static final String[] HOSTILE = {
        "--default-time-zone=+05:45",
        "--sql-mode=ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PAD_CHAR_TO_FULL_LENGTH,PIPES_AS_CONCAT,TRADITIONAL,"
                + "HIGH_NOT_PRECEDENCE,IGNORE_SPACE,NO_UNSIGNED_SUBTRACTION,REAL_AS_FLOAT",
        "--character-set-server=latin1",
        "--collation-server=latin1_german1_ci",
        "--explicit-defaults-for-timestamp=OFF"
    };

    private final VitessCluster source = SharedServers.vitess();

    private final EdgeTables tables = new EdgeTables(source);

    /** A target that would change values; VTGate's settings are its own. */
    private record Hostile(Replica replica, @Nullable MySqlServer server) implements AutoCloseable {
        static Hostile start(VitessCluster source) throws SQLException {
            MySqlServer server = switch (Targets.chosen()) {
                case MYSQL -> MySqlServer.start(HOSTILE);
                case MARIADB -> MySqlServer.startMariaDb(HOSTILE);
                case VTGATE, SHARDED_VTGATE -> null;
            };
            Replica replica = server == null
                    ? Targets.chosen().replica(source, "types")
                    : Replica.create(source, server, "types");
            return new Hostile(replica, server);
        }

        @Override
        public void close() {
            if (server != null) {
                server.close();
            }
        }
    }

    @Test
    void everyValueOfEveryTypeArrivesAsItIs() throws Exception {
        List<EdgeColumns> types = EdgeColumns.all();
        for (EdgeColumns some : types) {
            tables.add("k_" + some.name(), "id BIGINT NOT NULL PRIMARY KEY, " + some.definitions());
            tables.add("l_" + some.name(), "id INT NOT NULL, " + some.definitions());
        }
        COMPUTED.forEach(tables::add);
        tables.create();
        for (String shard : source.shards()) {
            // a table without a key is copied in the order of all its columns, which the server can't sort in less
            source.mysqldOf(shard).execute("SET GLOBAL sort_buffer_size = 16777216");
        }
        try (Hostile hostile = Hostile.start(source)) {
            Replica replica = hostile.replica;
            if (Targets.chosen() == Targets.MARIADB) {
                // it has no primary key of a generated column, and such a table is refused
                replica.target()
                        .execute(
                                "CREATE TABLE types.by_computed (id BIGINT NOT NULL, a INT, k INT NOT NULL PRIMARY KEY)");
            }
            insert(types, 0);
            compute(0);
            try (TributaryProcess copy = replica.start("--until", "copied")) {
                EndToEnd.assertExit(copy, 0);
            }
            same(replica, "copied");

            insert(types, 1);
            compute(1);
            replica.catchUp();
            same(replica, "inserted");

            update(types);
            replica.catchUp();
            same(replica, "updated");

            delete(types);
            replica.catchUp();
            same(replica, "deleted");
        }
    }

    /** Each value becomes the next one, the last one NULL. */
    private void update(List<EdgeColumns> types) throws SQLException {
        EdgeTables.Writing updates = tables.writing();
        for (EdgeColumns some : types) {
            for (int i = 0; i < some.rows(); i++) {
                String set = " SET " + some.assignments(i + 1) + " WHERE id = " + i;
                updates.add(i, "UPDATE k_" + some.name() + set);
                updates.add(i, "UPDATE l_" + some.name() + set + " LIMIT 1");
            }
        }
        for (int i = 0; i < 4; i += 2) {
            updates.add(i, "UPDATE computed SET a = a + 1, s = concat(s, 'x')");
            updates.add(i, "UPDATE by_computed SET a = a + 100");
            updates.add(i, "UPDATE computed_only SET a = a + 1 LIMIT 1");
            updates.add(i, "UPDATE counted SET n = n + 1000");
        }
        updates.run();
    }

    private void delete(List<EdgeColumns> types) throws SQLException {
        EdgeTables.Writing deletes = tables.writing();
        for (EdgeColumns some : types) {
            for (int i = 0; i < some.rows(); i++) {
                if (i % 4 < 2) {
                    deletes.add(i, "DELETE FROM k_" + some.name() + " WHERE id = " + i);
                }
                deletes.add(i, "DELETE FROM l_" + some.name() + " WHERE id = " + i + " LIMIT 1");
            }
        }
        for (String table : COMPUTED.keySet()) {
            deletes.add(0, "DELETE FROM " + table + " WHERE id = 1 LIMIT 1");
        }
        deletes.run();
    }

    /** Tables some of whose values are the server's own. */
    private static final Map<String, String> COMPUTED = Map.of(
            "computed",
            "id BIGINT PRIMARY KEY, a INT, s VARCHAR(20), gs INT AS (a * 2) STORED,"
                    + " gv VARCHAR(40) AS (concat(s, '!')) VIRTUAL, u VARCHAR(40) DEFAULT (uuid()),"
                    + " t TIMESTAMP(6) DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6), UNIQUE KEY (gv)",
            "by_computed",
            "id BIGINT NOT NULL, a INT, k INT AS (a * 2) STORED NOT NULL, PRIMARY KEY (k)",
            "computed_only",
            "id BIGINT NOT NULL, a INT, gs INT AS (a * 2) STORED, gv INT AS (a * 3) VIRTUAL, d FLOAT AS (a / 3e0) STORED",
            "counted",
            "id BIGINT NOT NULL, n INT NOT NULL AUTO_INCREMENT PRIMARY KEY");

    private void compute(int from) throws SQLException {
        EdgeTables.Writing inserts = tables.writing();
        for (int i = from; i < 4; i += 2) {
            inserts.add(i, "INSERT INTO computed (id, a, s) VALUES (" + i + ", " + i * 7 + ", 's" + i + "')");
            inserts.add(i, "INSERT INTO by_computed (id, a) VALUES (" + i + ", " + i * 7 + ")");
            inserts.add(i, "INSERT INTO computed_only (id, a) VALUES (1, 1), (1, 1), (" + i + ", 2)");
            inserts.add(i, "INSERT INTO counted (id, n) VALUES (" + i + ", " + new int[] {0, -5, 7, 100}[i] + ")");
        }
        inserts.run();
    }

    /** JSON comes as text: what only a function puts into a value is another one at the target, and that is documented. */
    @Tag("long")
    @Test
    void aJsonValueThatNoTextSaysArrivesAsWhatItsTextSays() throws Exception {
        Edges opaque = Edges.opaque();
        EdgeColumns column = new EdgeColumns("json_opaque", List.of(opaque));
        tables.add("k_json_opaque", "id BIGINT NOT NULL PRIMARY KEY, json_opaque JSON");
        tables.add("l_json_opaque", "id INT NOT NULL, json_opaque JSON");
        tables.create();
        Replica replica = Replica.create(source, SharedServers.mysql(), "types_opaque");
        insert(List.of(column), 0);
        try (TributaryProcess copy = replica.start("--until", "copied")) {
            EndToEnd.assertExit(copy, 0);
        }
        assertThat(parsed(replica, "json_opaque"))
                .as("copied")
                .isEqualTo(parsed(replica, "CAST(CAST(json_opaque AS CHAR) AS JSON)"));

        insert(List.of(column), 1);
        replica.catchUp();

        assertThat(parsed(replica, "json_opaque"))
                .as("inserted")
                .isEqualTo(parsed(replica, "CAST(CAST(json_opaque AS CHAR) AS JSON)"));
        // a row without a key is found all the same
        EdgeTables.Writing deletes = tables.writing();
        for (int i = 0; i < opaque.values().size(); i++) {
            deletes.add(i, "DELETE FROM l_json_opaque WHERE id = " + i + " LIMIT 1");
        }
        deletes.run();
        replica.catchUp();
        assertThat(replica.rows("l_json_opaque")).isEqualTo(opaque.values().size() + 2);
    }

    /** By an expression of the target, or of the source for any other than the value itself. */
    private List<String> parsed(Replica replica, String value) throws SQLException {
        String sql = "SELECT id, CAST(" + value + " AS CHAR), JSON_TYPE(" + value + ") FROM k_json_opaque";
        List<String> rows = new ArrayList<>();
        if (value.equals("json_opaque")) {
            replica.query(sql).forEach(row -> rows.add(row.toString()));
        } else {
            for (String shard : source.shards()) {
                source.mysqldOf(shard)
                        .query(sql.replace("FROM ", "FROM vt_" + source.keyspace() + "."))
                        .forEach(row -> rows.add(row.toString()));
            }
        }
        return rows.stream().sorted().toList();
    }

    /** Every second value, and NULL; in the tables without a key each row twice. */
    private void insert(List<EdgeColumns> types, int half) throws SQLException {
        EdgeTables.Writing inserts = tables.writing();
        for (EdgeColumns some : types) {
            for (int i = half; i <= some.rows(); i += 2) {
                String row = "(" + i + ", " + some.values(i) + ")";
                inserts.add(i, "INSERT INTO k_" + some.name() + " VALUES " + row);
                inserts.add(i, "INSERT INTO l_" + some.name() + " VALUES " + row + ", " + row);
            }
        }
        inserts.run();
    }

    private static void same(Replica replica, String what) throws SQLException {
        assertThat(replica.compare().toString()).as(what).endsWith("equal");
    }
}
