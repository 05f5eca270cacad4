package dev.tributary.stream;

import static dev.tributary.servers.VEvents.begin;
import static dev.tributary.servers.VEvents.column;
import static dev.tributary.servers.VEvents.commit;
import static dev.tributary.servers.VEvents.copied;
import static dev.tributary.servers.VEvents.copyCompleted;
import static dev.tributary.servers.VEvents.field;
import static dev.tributary.servers.VEvents.gtid;
import static dev.tributary.servers.VEvents.idAndName;
import static dev.tributary.servers.VEvents.insert;
import static dev.tributary.servers.VEvents.lastpk;
import static dev.tributary.servers.VEvents.row;
import static dev.tributary.servers.VEvents.rows;
import static dev.tributary.servers.VEvents.update;
import static dev.tributary.servers.VEvents.vgtid;
import static dev.tributary.servers.VStreamScript.script;
import static org.assertj.core.api.Assertions.assertThat;

import binlogdata.Binlogdata.RowChange;
import binlogdata.Binlogdata.VEvent;
import dev.tributary.checkpoint.Lease;
import dev.tributary.config.ConnectionUrl;
import dev.tributary.config.Settings;
import dev.tributary.config.SettingsReader;
import dev.tributary.record.ChangeBatch;
import dev.tributary.route.TableRouter;
import dev.tributary.servers.Await;
import dev.tributary.servers.MySqlServer;
import dev.tributary.servers.ShardedGate;
import dev.tributary.servers.Sql;
import dev.tributary.servers.VStreamScript;
import dev.tributary.sink.mysql.MySqlSink;
import dev.tributary.sink.mysql.SchemaRules;
import dev.tributary.source.vitess.VitessSource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import io.vitess.proto.Query.Field;
import io.vitess.proto.Query.Type;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** 256 shards in one process, on two event loops: from streams of a VTGate in this process into a real MySQL. */
class ManyShardsTest {
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final int SHARDS = 256;
    private static final int LOOPS = 2;

    /** Its transactions never end. */
    private static final int HOT = 0;
    /** Its transactions never end either, and the first waits for a row that is locked at the target. */
    private static final int LOCKED = 1;
    /** Its source stops in the middle of a transaction. */
    private static final int SILENT = 2;
    /** The others are those behind them. */
    private static final int FIRST_OTHER = 3;

    private static final long IDS = 1_000_000_000;
    /** From this on a copy without a key is too large for one batch, so that the target holds its transaction open. */
    private static final int FIRST_LARGE = 232;

    private static final int COPIED = 20;
    /** The row that every transaction changes. Others lie between it and other shards', whose inserts its lock may hold up, too. */
    private static final int CHANGING = COPIED / 2;

    private static final int COPIED_LARGE = 1_500;
    private static final int ROWS_OF_COPY = 100;
    /** Where the numbers of what is not copied begin. */
    private static final int CHANGED = 10_000;

    private static final int TRANSACTIONS = 10;
    private static final int ROWS = 20;
    private static final String TEXT = "x".repeat(40);

    private static final long BUFFER = 1 << 20;
    /** More than a transaction takes on the heap, which is a message: rows of two columns with 57 bytes, and one with two images. */
    private static final long TRANSACTION = (2 + 2 * ROWS) * 180;

    private static final List<Field> ENTRY =
            List.of(column("n", Type.INT64, "bigint", 63), column("name", Type.VARCHAR, "varchar(64)", 45));

    private final MySqlServer server = MySqlServer.start("--max-connections=60");
    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(LOOPS));
    private final CountDownLatch locked = new CountDownLatch(1);
    private final ShardedGate gate = new ShardedGate(SHARDS, server, "source", new Story());
    private final VitessSource source = new VitessSource(
            vertx, ConnectionUrl.parse("TRIBUTARY_SOURCE", gate.url(), Optional.empty()), 1_000_000, BUFFER);
    private final MySqlSink sink = new MySqlSink(
            vertx,
            ConnectionUrl.parse(
                    "TRIBUTARY_SINK",
                    "mysql://root@127.0.0.1:" + server.port() + "/replica?tls=disabled",
                    Optional.empty()),
            "default",
            new Lease("test", "", Duration.ofSeconds(10)),
            SchemaRules.of(Settings.SchemaPolicy.CREATE),
            new SimpleMeterRegistry());
    private final Supervisor supervisor = supervisor();

    /** Copies of a table with a key and of one without; then transactions on both, some rows of each. */
    private final class Story implements ShardedGate.Story {
        @Override
        public VStreamScript copy(int shard, String table) {
            String name = ShardedGate.shard(shard, SHARDS);
            boolean keyed = table.equals("orders");
            VStreamScript copy = script().message(begin(), field(table, keyed ? idAndName() : ENTRY))
                    .message(vgtid(name, gtid(ShardedGate.START)));
            int all = rowsCopied(shard, table);
            for (int from = 0; from < all; from += ROWS_OF_COPY) {
                int to = Math.min(all, from + ROWS_OF_COPY);
                VEvent read = copied(table, inserts(shard, from, to - from));
                if (keyed) {
                    long last = id(shard, to - 1);
                    copy.message(read, vgtid(name, gtid(ShardedGate.START), table, lastpk(last)), commit());
                } else {
                    copy.message(read);
                }
            }
            return copy.message(begin(), vgtid(name, gtid(ShardedGate.START)), commit())
                    .message(copyCompleted(name))
                    .message(copyCompleted());
        }

        @Override
        public VStreamScript changes(int shard, long from) {
            VStreamScript changes =
                    script().await(locked).message(begin(), field("orders", idAndName()), field("entries", ENTRY));
            if (shard == SILENT) {
                return changes.message(rows("orders", inserts(shard, CHANGED, ROWS)));
            }
            int count = shard == HOT || shard == LOCKED ? Integer.MAX_VALUE : TRANSACTIONS;
            return changes.messages(count, i -> transaction(shard, i, from + 1 + i));
        }
    }

    private List<VEvent> transaction(int shard, int number, long place) {
        RowChange[] inserts = inserts(shard, CHANGED + number * ROWS, ROWS);
        return List.of(
                begin(),
                rows(
                        "orders",
                        update(row(id(shard, CHANGING), name(CHANGING)), row(id(shard, CHANGING), name(CHANGING)))),
                rows("orders", inserts),
                rows("entries", inserts),
                vgtid(ShardedGate.shard(shard, SHARDS), gtid(place)),
                commit());
    }

    private static int rowsCopied(int shard, String table) {
        return table.equals("entries") && shard >= FIRST_LARGE ? COPIED_LARGE : COPIED;
    }

    private static int rowsCopied(String table, int from) {
        return IntStream.range(from, SHARDS)
                .map(shard -> rowsCopied(shard, table))
                .sum();
    }

    private static RowChange[] inserts(int shard, int from, int count) {
        return IntStream.range(from, from + count)
                .mapToObj(n -> insert(id(shard, n), name(n)))
                .toArray(RowChange[]::new);
    }

    private static long id(int shard, int n) {
        return shard * IDS + n;
    }

    private static String name(int n) {
        return TEXT + n;
    }

    private Supervisor supervisor() {
        ChangesChannel channel = new ChangesChannel();
        channel.changes().subscribe().with(this::write);
        return new Supervisor(vertx, settings(), channel);
    }

    private static Settings settings() {
        Map<String, String> own = Map.of(
                "tributary.source", "vitess://gate/commerce",
                "tributary.sink", "mysql://app@db/replica",
                "tributary.batch.bytes", "256K",
                "tributary.buffer.bytes", Long.toString(BUFFER));
        return SettingsReader.read(builder -> builder.withSources(new PropertiesConfigSource(own, "test", 500)));
    }

    private final TableRouter router = new TableRouter(settings());

    private void write(Message<ChangeBatch> message) {
        sink.write(router.route(message.getPayload()))
                .subscribe()
                .with(done -> message.ack(), failure -> message.nack(failure));
    }

    private CompletableFuture<Void> run() {
        return sink.open()
                .chain(source::open)
                .chain(() -> supervisor.run(
                        source,
                        sink.checkpoints(),
                        tables -> sink.prepare(router.targetsOf(tables)),
                        step -> sink.evolve(step, router.targetsOf(step.concerned())),
                        sink::abandon,
                        table -> Uni.createFrom().item(0L)))
                .subscribeAsCompletionStage();
    }

    @BeforeEach
    void makeTables() throws SQLException {
        server.execute(
                "CREATE DATABASE source",
                "CREATE TABLE source.orders (id bigint NOT NULL, name varchar(64), PRIMARY KEY (id))",
                "CREATE TABLE source.entries (n bigint NOT NULL, name varchar(64))",
                "CREATE DATABASE replica");
    }

    @AfterEach
    void closeAll() {
        sink.close().await().atMost(LIMIT);
        source.close().await().atMost(LIMIT);
        gate.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
        server.close();
    }

    @Test
    void everyRowArrivesOnceThoughOneShardIsHotAndOthersStall() throws Exception {
        CompletableFuture<Void> running = run();
        await("every shard follows", () -> states(StreamState.Following.class) == SHARDS);
        assertThat(count("orders", 0, SHARDS)).isEqualTo(rowsCopied("orders", 0));
        assertThat(count("entries", 0, SHARDS)).isEqualTo(rowsCopied("entries", 0));

        try (Connection somebody = server.connect("replica")) {
            somebody.setAutoCommit(false);
            Sql.query(somebody, "SELECT * FROM orders WHERE id = " + id(LOCKED, CHANGING) + " FOR UPDATE");
            locked.countDown();
            int more = (SHARDS - FIRST_OTHER) * TRANSACTIONS * ROWS;
            await(
                    "the others are whole",
                    () -> count("entries", FIRST_OTHER, SHARDS) == rowsCopied("entries", FIRST_OTHER) + more);
            assertThat(count("orders", FIRST_OTHER, SHARDS)).isEqualTo(rowsCopied("orders", FIRST_OTHER) + more);
            await("the locked one has read ahead", () -> supervisor.heldBytes() > BUFFER / 4);
            long hot = count("entries", HOT, HOT + 1);
            await("the hot one goes on", () -> count("entries", HOT, HOT + 1) > hot + ROWS);
            assertThat(count("entries", LOCKED, SILENT + 1)).isEqualTo(2 * COPIED);
        }
        await("the locked one goes on", () -> count("entries", LOCKED, LOCKED + 1) > COPIED + ROWS);

        supervisor.drain().await().atMost(LIMIT);
        running.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        assertExact();
        assertThat(supervisor.shards())
                .allSatisfy(shard -> assertThat(shard.failures())
                        .as(shard.shard().toString())
                        .isZero());
        System.out.printf("%,d bytes of a buffer of %,d were used at once%n", supervisor.mostHeldBytes(), BUFFER);
        assertThat(supervisor.mostHeldBytes())
                .as("no more than all of it, and what each stream had asked for until then")
                .isBetween(BUFFER / 4, BUFFER + SHARDS * TRANSACTION);
        assertThat(gate.streams().mostConnections())
                .as("one of each event loop")
                .isEqualTo(LOOPS);
        assertThat(gate.queries().mostConnections()).isLessThanOrEqualTo(8);
        String most = server.query("SHOW GLOBAL STATUS LIKE 'Max_used_connections'")
                .getFirst()
                .get(1);
        assertThat(Integer.parseInt(String.valueOf(most)))
                .as("4 for batches, 8 for checkpoints, 2 for schema changes, 16 for open transactions; and this test's")
                .isLessThanOrEqualTo(30 + 3);
    }

    /** What is there of each shard is what its position says, each row once, be there a key or not. */
    private void assertExact() throws SQLException {
        Map<String, JsonObject> positions = new HashMap<>();
        server.query("SELECT shard, position FROM replica.tributary_checkpoint WHERE source_table = ''"
                        + " AND position IS NOT NULL")
                .forEach(row -> positions.put(String.valueOf(row.get(0)), new JsonObject(row.get(1))));
        for (String table : List.of("orders", "entries")) {
            String id = table.equals("orders") ? "id" : "n";
            List<String> found = server
                    .query("SELECT COUNT(*), COUNT(DISTINCT " + id + ") FROM replica." + table + " GROUP BY " + id
                            + " DIV " + IDS + " ORDER BY MIN(" + id + ")")
                    .stream()
                    .map(List::toString)
                    .toList();
            assertThat(found)
                    .isEqualTo(IntStream.range(0, SHARDS)
                            .mapToObj(shard -> {
                                long rows = rowsCopied(shard, table)
                                        + changed(positions.get(ShardedGate.shard(shard, SHARDS)), table);
                                return List.of(rows, rows).toString();
                            })
                            .toList());
        }
    }

    /** Where memory was short, rows of a transaction that has not ended are durable, too. */
    private static long changed(@Nullable JsonObject position, String table) {
        if (position == null) {
            return 0; // not one transaction has ended
        }
        String gtid = position.getString("gtid");
        return ROWS * (Long.parseLong(gtid.substring(gtid.lastIndexOf('-') + 1)) - ShardedGate.START)
                + position.getJsonObject("durable", new JsonObject()).getLong(table, 0L);
    }

    private void await(String what, Await.Condition condition) {
        Await.until(what, LIMIT, condition, () -> supervisor.shards().toString());
    }

    private long states(Class<? extends StreamState> state) {
        return supervisor.shards().stream()
                .filter(shard -> state.isInstance(shard.state()))
                .count();
    }

    /** Rows of some shards. */
    private int count(String table, int from, int to) throws SQLException {
        String id = table.equals("orders") ? "id" : "n";
        return Integer.parseInt(String.valueOf(server.query("SELECT COUNT(*) FROM replica." + table + " WHERE " + id
                        + " >= " + from * IDS + " AND " + id + " < " + to * IDS)
                .getFirst()
                .getFirst()));
    }
}
