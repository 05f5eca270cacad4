package dev.tributary.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.TributaryProcess;
import dev.tributary.servers.NeedsVitess;
import dev.tributary.servers.SharedServers;
import dev.tributary.servers.Sql;
import dev.tributary.servers.VitessCluster;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Tables of a Vitess with two shards into DynamoDB. */
@NeedsVitess
class VitessToDynamoDbIT {
    private static final int ROWS = 4000;
    private static final String ITEMS = "SELECT id, version, name FROM items";
    private static final String LINES = "SELECT a, b, price, note FROM order_lines";

    private final VitessCluster source = SharedServers.vitess();

    @BeforeEach
    void fill() throws SQLException {
        source.resetKeyspace();
        source.applyVSchema("{\"sharded\": true, \"vindexes\": {\"hash\": {\"type\": \"hash\"}}, \"tables\": {"
                + "\"items\": {\"column_vindexes\": [{\"column\": \"id\", \"name\": \"hash\"}]},"
                + "\"order_lines\": {\"column_vindexes\": [{\"column\": \"a\", \"name\": \"hash\"}]}}}");
        source.execute(
                "CREATE TABLE items (id BIGINT PRIMARY KEY, version BIGINT NOT NULL, name VARCHAR(200))",
                "CREATE TABLE order_lines (a BIGINT, b VARCHAR(20), price DECIMAL(12,2), note TEXT, PRIMARY KEY (a, b))");
        for (int from = 0; from < ROWS; from += 500) {
            List<String> items = new ArrayList<>();
            List<String> lines = new ArrayList<>();
            for (int id = from; id < from + 500; id++) {
                items.add("(" + id + ", 0, 'first')");
                lines.add("(" + id + ", 'line " + id % 3 + "', " + id + ".50, " + (id % 2 == 0 ? "NULL" : "'ä'") + ")");
            }
            source.execute(
                    "INSERT INTO items (id, version, name) VALUES " + String.join(", ", items),
                    "INSERT INTO order_lines (a, b, price, note) VALUES " + String.join(", ", lines));
        }
    }

    private DynamoTables target(String prefix) {
        return new DynamoTables(
                        prefix,
                        "vitess://127.0.0.1:" + source.grpcPort() + "/" + source.keyspace() + "?mysql_port="
                                + source.mysqlPort())
                .with("TRIBUTARY_BATCH_ROWS", "100")
                .with("TRIBUTARY_COPY_RANGE_ROWS", "1000");
    }

    /** Rows of the source, by the key's columns. */
    private Map<String, String> rows(String sql, int key) throws SQLException {
        Map<String, String> rows = new TreeMap<>();
        for (List<@Nullable String> row : source.query(sql)) {
            rows.put(String.join("|", row.subList(0, key)), row.toString());
        }
        return rows;
    }

    private static Map<String, String> items(DynamoTables target, String table, int key, String... attributes) {
        Map<String, String> items = new TreeMap<>();
        for (Map<String, AttributeValue> item : target.items(table)) {
            List<@Nullable String> values = new ArrayList<>();
            for (String name : attributes) {
                AttributeValue value = item.get(name);
                boolean price = name.equals("price");
                values.add(
                        value == null
                                ? null
                                : value.n() == null
                                        ? value.s()
                                        : price
                                                ? new BigDecimal(value.n())
                                                        .setScale(2)
                                                        .toPlainString()
                                                : value.n());
            }
            assertThat(items.put(String.join("|", values.subList(0, key)), values.toString()))
                    .isNull();
        }
        return items;
    }

    private void assertEqual(DynamoTables target) throws SQLException {
        Diffed.of(target.process("diff", "--wait", "0S")).isEqual();
        assertThat(items(target, "items", 1, "id", "version", "name")).isEqualTo(rows(ITEMS, 1));
        assertThat(items(target, "order_lines", 2, "a", "b", "price", "note")).isEqualTo(rows(LINES, 2));
    }

    @Test
    void bothSidesAreEqualAfterKillsInTheCopyAndInTheChangesAndNoVersionGoesBack() throws Exception {
        DynamoTables target = target("killed_");
        try (Load load = new Load(source)) {
            target.killed("some is copied", () -> target.carried() > 500);
            target.killed("more is copied", () -> target.parts(true) > 1);
            target.killed("it follows", () -> target.follows(2));
            long before = load.written.get();
            target.killed("changes were made meanwhile", () -> target.follows(2) && load.written.get() > before + 200);
            try (TributaryProcess pipeline = target.start()) {
                Carried.await("it follows", pipeline, () -> target.follows(2) && target.carried() > 50);
                Map<String, Long> seen = new HashMap<>();
                long then = load.written.get();
                Carried.await("changes were made", pipeline, () -> {
                    for (Map<String, AttributeValue> item : target.items("items")) {
                        long version = Long.parseLong(
                                DynamoTables.value(item, "version").n());
                        Long last = seen.put(DynamoTables.value(item, "id").n(), version);
                        assertThat(last == null || last <= version)
                                .as(
                                        "item %s went from %s to %s",
                                        DynamoTables.value(item, "id").n(), last, version)
                                .isTrue();
                    }
                    return load.written.get() > then + 300;
                });
                assertThat(pipeline.terminate().exitCode(Carried.LIMIT)).isZero();
            }
        }
        target.catchUp();

        assertEqual(target);
        try (TributaryProcess status = target.process("status").start()) {
            assertThat(status.exitCode(Carried.LIMIT)).as(Carried.said(status)).isZero();
            assertThat(String.join("\n", status.output())).contains("shard commerce/-80: following");
        }
    }

    @Test
    void twoProcessesShareTheShardsAndOneGoesOnWithAllOfThem() throws Exception {
        DynamoTables target = target("shared_").with("TRIBUTARY_LEASE_DURATION", "3S");
        try (Load load = new Load(source);
                TributaryProcess one = target.start()) {
            Carried.await("it follows", one, () -> target.follows(2));
            target.with("QUARKUS_MANAGEMENT_PORT", String.valueOf(dev.tributary.servers.LoopbackPorts.next()));
            try (TributaryProcess two = target.start()) {
                Carried.await("each has a shard", two, () -> owners(target) == 2);
                two.signal("STOP");
                Carried.await("the other has both", one, () -> owners(target) == 1);
                two.signal("CONT");
                long then = load.written.get();
                Carried.await("changes were made", two, () -> load.written.get() > then + 200);
                two.kill();
            }
            assertThat(one.terminate().exitCode(Carried.LIMIT)).isZero();
        }
        target.catchUp();
        assertEqual(target);
    }

    private static long owners(DynamoTables target) {
        return target.items("tributary_checkpoint").stream()
                .filter(item -> DynamoTables.value(item, "entry").s().equals("changes"))
                .map(item -> DynamoTables.value(item, "owner").s())
                .filter(owner -> !owner.isEmpty())
                .distinct()
                .count();
    }

    @Test
    void aColumnThatIsAddedFollowsAndATableWithoutAKeyIsRefused() throws Exception {
        DynamoTables target = target("schema_");
        try (TributaryProcess pipeline = target.start()) {
            Carried.await("it follows", pipeline, () -> target.follows(2));
            source.execute("ALTER TABLE items ADD COLUMN more INT");
            source.execute("UPDATE items SET version = 1 WHERE id = 7");
            for (String shard : source.shards()) {
                // past VTGate, which learns of the column later
                source.mysqldOf(shard).execute("UPDATE vt_commerce.items SET more = 5 WHERE id = 7");
            }
            Carried.await(
                    "the column is there",
                    pipeline,
                    () -> target.items("items").stream()
                            .anyMatch(item -> item.containsKey("more")
                                    && DynamoTables.value(item, "id").n().equals("7")));
            source.execute("ALTER TABLE items ADD COLUMN standard INT NOT NULL DEFAULT 3");
            assertThat(pipeline.exitCode(Carried.LIMIT)).isEqualTo(1);
            assertThat(Carried.said(pipeline))
                    .contains("column standard is added, with values for the rows that are there");
        }
        target.with("TRIBUTARY_SINK", target.url(SharedServers.dynamoDb().endpoint(), "&old_items=keep"))
                .catchUp();
        source.execute("CREATE TABLE log (id BIGINT, name VARCHAR(10))");
        try (TributaryProcess check = target("keyless_").process("check").start()) {
            assertThat(check.exitCode(Carried.LIMIT)).isEqualTo(2);
            assertThat(Carried.said(check))
                    .contains("table 'log' can't be copied into DynamoDB")
                    .contains("it has no key");
        }
    }

    /** Somebody who writes, changes and deletes rows, until told to stop. */
    private static final class Load implements AutoCloseable {
        final AtomicLong written = new AtomicLong();
        private final VitessCluster source;
        private final Thread thread;
        private volatile boolean ended;

        Load(VitessCluster source) {
            this.source = source;
            this.thread = Thread.ofPlatform().name("load").start(this::run);
        }

        private void run() {
            SplittableRandom random = new SplittableRandom(1);
            long version = 1;
            while (!ended) {
                try (Connection connection = source.connect()) {
                    while (!ended) {
                        long id = random.nextLong(ROWS + 500);
                        switch (random.nextInt(8)) {
                            case 0 -> Sql.execute(connection, "DELETE FROM items WHERE id = " + id);
                            case 1 ->
                                Sql.execute(
                                        connection,
                                        "UPDATE order_lines SET b = CONCAT('moved ', " + version + ") WHERE a = " + id);
                            case 2 -> Sql.execute(connection, "DELETE FROM order_lines WHERE a = " + id);
                            default ->
                                Sql.execute(
                                        connection,
                                        "INSERT INTO items (id, version, name) VALUES (" + id + ", " + version
                                                + ", 'v') ON DUPLICATE KEY UPDATE version = " + version);
                        }
                        version++;
                        written.incrementAndGet();
                    }
                } catch (SQLException e) {
                    // VTGate may refuse some of it
                }
            }
        }

        @Override
        public void close() throws InterruptedException {
            ended = true;
            thread.join();
        }
    }
}
