package dev.tributary.endtoend;

import static dev.tributary.endtoend.EndToEnd.assertExit;
import static dev.tributary.endtoend.EndToEnd.await;
import static dev.tributary.endtoend.EndToEnd.awaitFollowing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.TributaryProcess;
import dev.tributary.servers.NeedsVitess;
import dev.tributary.servers.SharedServers;
import dev.tributary.servers.VitessCluster;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Rows are found again by keys of every type, and keys move between rows as the source lets them. */
@NeedsVitess
class KeysIT {
    /** Of a table whose copy is broken off. */
    private static final int ROWS = 1500;

    private final VitessCluster source = SharedServers.vitess();

    /** Types that an index takes as a whole. */
    private static List<Edges> keys() {
        List<Edges> keys = new ArrayList<>(Edges.numbers());
        keys.addAll(Edges.floats());
        keys.addAll(Edges.times());
        TextEdges.strings().stream()
                .filter(type -> type.type().matches("(var)?(char|binary)\\([0-9]{1,3}\\).*"))
                .forEach(keys::add);
        keys.addAll(TextEdges.choices());
        return keys;
    }

    @Tag("long")
    @Test
    void rowsAreFoundByKeysOfEveryType() throws Exception {
        List<Edges> types = keys();
        EdgeTables tables = new EdgeTables(source);
        each(types, (table, type, shard) -> {
            String columns = "id BIGINT NOT NULL, v " + type.type() + " NOT NULL, n INT, ";
            tables.add(
                    table,
                    columns
                            + switch (table.charAt(0)) {
                                case 'k' -> "PRIMARY KEY (v)";
                                case 'c' -> "PRIMARY KEY (v, id)";
                                default -> "PRIMARY KEY (id), UNIQUE KEY (v)";
                            });
        });
        tables.create();
        Replica replica = Targets.chosen().replica(source, "keys_of_types").with("TRIBUTARY_BATCH_ROWS", "50");
        insert(tables, types, 0);
        try (TributaryProcess copy = replica.start("--until", "copied")) {
            assertExit(copy, 0);
        }
        same(replica, "copied");

        insert(tables, types, 1);
        EdgeTables.Writing changes = tables.writing();
        each(types, (table, type, shard) -> changes.add(shard, "UPDATE " + table + " SET n = n + 1"));
        changes.run();
        replica.catchUp();
        same(replica, "inserted and updated");

        // each value moves to the row before it, and the last one's is free
        EdgeTables.Writing chains = tables.writing();
        each(types, (table, type, shard) -> {
            int last = type.values().size() - 1;
            chains.add(shard, "BEGIN").add(shard, "DELETE FROM " + table + " WHERE id = " + last);
            for (int i = last - 1; i >= 0; i--) {
                chains.add(shard, update(table, i, type.values().get(i + 1)));
            }
            chains.add(shard, "COMMIT");
        });
        chains.run();
        replica.catchUp();
        same(replica, "a chain of keys");

        // rows 0 and 1 have values 1 and 2 by now, and 0 is free
        EdgeTables.Writing swaps = tables.writing();
        each(types, (table, type, shard) -> {
            if (type.values().size() > 2) {
                swaps.add(shard, "BEGIN")
                        .add(shard, update(table, 0, type.values().get(0)))
                        .add(shard, update(table, 1, type.values().get(1)))
                        .add(shard, update(table, 0, type.values().get(2)))
                        .add(shard, "COMMIT");
            }
        });
        swaps.run();
        replica.catchUp();
        same(replica, "a swap of keys");

        EdgeTables.Writing deletes = tables.writing();
        each(types, (table, type, shard) -> {
            deletes.add(shard, "DELETE FROM " + table + " WHERE id % 2 = 0");
            deletes.add(shard, "BEGIN");
            deletes.add(shard, "DELETE FROM " + table + " WHERE id = 1");
            deletes.add(
                    shard,
                    "INSERT IGNORE INTO " + table + " VALUES (1, "
                            + type.values().get(0) + ", -1)");
            deletes.add(shard, "COMMIT");
        });
        deletes.run();
        replica.catchUp();
        same(replica, "deleted");
    }

    private interface Each {
        void accept(String table, Edges type, int shard);
    }

    private static void each(List<Edges> types, Each action) {
        for (int i = 0; i < types.size(); i++) {
            // single, composite and other unique ones in turn: it is the number of tables that takes the time
            String kind = List.of("k_", "c_", "k_", "u_").get(i % 4);
            // a whole table on one shard: there values are unique
            action.accept(kind + types.get(i).name(), types.get(i), i % 8 / 4 * 2);
        }
    }

    /** Values that are equal in their collation are left out by the source. */
    private static void insert(EdgeTables tables, List<Edges> types, int half) throws SQLException {
        EdgeTables.Writing inserts = tables.writing();
        each(types, (table, type, shard) -> {
            for (int i = half; i < type.values().size(); i += 2) {
                inserts.add(
                        shard,
                        "INSERT IGNORE INTO " + table + " VALUES (" + i + ", "
                                + type.values().get(i) + ", 0)");
            }
        });
        inserts.run();
    }

    private static String update(String table, int row, String value) {
        return "UPDATE IGNORE " + table + " SET v = " + value + " WHERE id = " + row;
    }

    @Test
    void keysMoveBetweenRowsAsTheSourceLetsThem() throws Exception {
        EdgeTables tables = new EdgeTables(source);
        KeyStory.ALL.forEach(story -> tables.add(story.table(), story.definition()));
        tables.add("carried", "id BIGINT NOT NULL PRIMARY KEY");
        tables.create();
        EdgeTables.Writing first = tables.writing();
        for (KeyStory story : KeyStory.ALL) {
            story.first().forEach(row -> first.add(0, "INSERT INTO " + story.table() + " VALUES (" + row + ")"));
        }
        first.run();
        // the same in few batches, in one, and in one for each transaction; VTGate has room for one target
        List<Replica> replicas = new ArrayList<>();
        if (Targets.chosen() != Targets.VTGATE) {
            replicas.add(Targets.chosen().replica(source, "keys_in_one"));
            replicas.add(Targets.chosen().replica(source, "keys_each").with("TRIBUTARY_BATCH_ROWS", "1"));
        }
        for (Replica replica : replicas) {
            try (TributaryProcess copy = replica.start("--until", "copied")) {
                assertExit(copy, 0);
            }
            same(replica, "copied");
        }
        Replica followed = Targets.chosen().replica(source, "keys_followed");
        int longest = KeyStory.ALL.stream()
                .mapToInt(story -> story.transactions().size())
                .max()
                .orElseThrow();
        try (TributaryProcess following = followed.start()) {
            awaitFollowing(followed, following);
            for (int i = 0; i < longest; i++) {
                EdgeTables.Writing changes = tables.writing();
                for (KeyStory story : KeyStory.ALL) {
                    if (i < story.transactions().size()) {
                        changes.add(0, "BEGIN");
                        story.transactions().get(i).forEach(sql -> changes.add(0, sql));
                        changes.add(0, "COMMIT");
                    }
                }
                changes.add(0, "INSERT INTO carried VALUES (" + i + ")").run();
                long transaction = i;
                await(
                        "transaction " + i + " is carried",
                        following,
                        () -> followed.number("SELECT COUNT(*) FROM carried") > transaction);
                same(followed, "transaction " + i);
            }
        }
        for (Replica replica : replicas) {
            replica.catchUp();
            same(replica, "changed");
        }
    }

    /** Tables whose rows are in an order of their own. */
    @Tag("long")
    @Test
    void aBrokenCopyGoesOnBehindItsLastRowWhateverItsKey() throws Exception {
        EdgeTables tables = new EdgeTables(source);
        String rest = ", id BIGINT NOT NULL, filler VARCHAR(1000) NOT NULL, PRIMARY KEY (v, id)";
        tables.add("by_enum", "v ENUM('z','a','m','b') NOT NULL" + rest);
        tables.add("by_set", "v SET('z','a','m','b') NOT NULL" + rest);
        tables.add("by_float", "v FLOAT NOT NULL" + rest);
        tables.add("by_latin1", "v VARCHAR(20) CHARACTER SET latin1 NOT NULL" + rest);
        tables.add("by_gbk", "v VARCHAR(20) CHARACTER SET gbk NOT NULL" + rest);
        tables.add("by_utf16", "v VARCHAR(20) CHARACTER SET utf16 NOT NULL" + rest);
        tables.add("by_cp932", "v VARCHAR(20) CHARACTER SET cp932 COLLATE cp932_bin NOT NULL" + rest);
        tables.add("by_bit", "v BIT(16) NOT NULL" + rest);
        tables.add("by_bytes", "v VARBINARY(20) NOT NULL" + rest);
        tables.add("by_time", "v TIME(6) NOT NULL" + rest);
        tables.add(
                "by_prefix", "v TEXT NOT NULL, id BIGINT NOT NULL, filler VARCHAR(1000) NOT NULL, PRIMARY KEY (v(4))");
        tables.create();
        // each shard's rows of a table are several of a tablet's messages, between which alone a copy can go on
        String latin = "concat(char(192 + %1$d %% 63 using latin1), '%1$d')";
        EdgeTables.Writing inserts = tables.writing();
        for (int i = 0; i < ROWS; i++) {
            int shard = i % 4;
            String tail = ", " + i + ", repeat('x', 1000))";
            inserts.add(shard, "INSERT INTO by_enum VALUES (" + (i % 4 + 1) + tail)
                    .add(shard, "INSERT INTO by_set VALUES (" + i % 16 + tail)
                    .add(shard, "INSERT INTO by_float VALUES (16777216 - " + i + " / 3" + tail)
                    .add(shard, "INSERT INTO by_latin1 VALUES (" + latin.formatted(i) + tail)
                    .add(
                            shard,
                            "INSERT INTO by_gbk VALUES (char(" + (0xB0A1 + i % 90 + i / 90 % 30 * 256) + " using gbk)"
                                    + tail)
                    .add(
                            shard,
                            "INSERT INTO by_utf16 VALUES (char(" + (0x4E00 + i * 7 % 20000) + " using utf16)" + tail)
                    .add(shard, "INSERT INTO by_cp932 VALUES (char(" + (0x8740 + i % 60) + " using cp932)" + tail)
                    .add(shard, "INSERT INTO by_bit VALUES (" + i * 21 % 65536 + tail)
                    .add(shard, "INSERT INTO by_bytes VALUES (concat(char(" + i % 256 + "), '" + i + "')" + tail)
                    .add(shard, "INSERT INTO by_time VALUES (sec_to_time(" + (i - 750) * 7 + ".5)" + tail)
                    .add(shard, "INSERT INTO by_prefix VALUES ('%04x tail'".formatted(i) + tail);
        }
        inserts.run();
        Replica replica = Targets.chosen().replica(source, "keys_broken").with("TRIBUTARY_BATCH_BYTES", "16K");
        for (int n = 1; n <= 3; n++) {
            int rows = n * 150;
            try (TributaryProcess copying = replica.start()) {
                await("a table is half there", copying, () -> isUnderWay(replica, rows));
                copying.kill();
            }
        }
        replica.with("TRIBUTARY_BATCH_BYTES", "8M").catchUp();
        same(replica, "copied");
    }

    /** Whether one of the tables that Vitess reads in another order has some of its rows; or all are over. */
    private static boolean isUnderWay(Replica replica, int rows) throws SQLException {
        for (String table : List.of("by_enum", "by_set", "by_float", "by_prefix")) {
            long there = replica.rows(table);
            if (there >= rows && there < ROWS) {
                return true;
            }
        }
        return replica.number("SELECT COALESCE(MAX(trx_rows_modified), 0) FROM information_schema.innodb_trx") >= rows
                || replica.follows();
    }

    private static void same(Replica replica, String what) throws SQLException {
        assertThat(replica.compare().toString()).as(what).endsWith("equal");
    }
}
