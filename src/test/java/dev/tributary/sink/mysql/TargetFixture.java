package dev.tributary.sink.mysql;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tributary.checkpoint.Lease;
import dev.tributary.checkpoint.ShardCheckpoint;
import dev.tributary.config.ConnectionUrl;
import dev.tributary.config.Settings.SchemaPolicy;
import dev.tributary.record.ChangeBatch;
import dev.tributary.record.ChangeBatch.Mark;
import dev.tributary.record.ChangeRecord;
import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.PartId;
import dev.tributary.record.PipelineException;
import dev.tributary.record.Position;
import dev.tributary.record.ShardId;
import dev.tributary.record.SourceTable;
import dev.tributary.record.StreamId;
import dev.tributary.route.TableRouter;
import dev.tributary.servers.Await;
import dev.tributary.servers.MySqlServer;
import dev.tributary.servers.SharedServers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A sink onto a database of its own, and the words to feed it. */
final class TargetFixture implements AutoCloseable {
    static final ShardId SHARD = new ShardId("commerce", "-80");
    static final StreamId CHANGES = new StreamId(SHARD, PartId.CHANGES);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final AtomicInteger NUMBER = new AtomicInteger();

    final MySqlServer server;
    final Vertx vertx;
    final String database;
    final SimpleMeterRegistry meters;
    final MySqlSink sink;
    final TableRouter router;

    private TargetFixture(
            MySqlServer server,
            Vertx vertx,
            String database,
            SimpleMeterRegistry meters,
            MySqlSink sink,
            TableRouter router) {
        this.meters = meters;
        this.server = server;
        this.vertx = vertx;
        this.database = database;
        this.sink = sink;
        this.router = router;
    }

    /** On a new database of the server that all tests share, which ends with their JVM. */
    static TargetFixture open() throws SQLException {
        return open(SharedServers.mysql(), Shared.VERTX);
    }

    private static final class Shared {
        static final Vertx VERTX = Vertx.vertx();
    }

    /** On a new database. */
    static TargetFixture open(MySqlServer server, Vertx vertx) throws SQLException {
        String database = "target" + NUMBER.incrementAndGet();
        server.execute("CREATE DATABASE " + database);
        return on(server, vertx, database, "", Optional.empty());
    }

    static TargetFixture on(
            MySqlServer server, Vertx vertx, String database, String parameters, Optional<String> keyColumns) {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        MySqlSink sink = sink(server, vertx, database, parameters, SchemaPolicy.CREATE, meters);
        await(sink.open());
        return new TargetFixture(server, vertx, database, meters, sink, new TableRouter(Optional.empty(), keyColumns));
    }

    static MySqlSink sink(
            MySqlServer server,
            Vertx vertx,
            String database,
            String parameters,
            SchemaPolicy policy,
            SimpleMeterRegistry meters) {
        ConnectionUrl url = ConnectionUrl.parse(
                "TRIBUTARY_SINK",
                "mysql://root@127.0.0.1:" + server.port() + "/" + database + "?tls=disabled" + parameters,
                Optional.empty());
        return new MySqlSink(
                vertx, url, "default", new Lease("test", "", Duration.ofSeconds(10)), SchemaRules.of(policy), meters);
    }

    /** A further sink on the same database, under these rules. */
    static MySqlSink sink(TargetFixture target, SchemaRules rules) {
        ConnectionUrl url = ConnectionUrl.parse(
                "TRIBUTARY_SINK",
                "mysql://root@127.0.0.1:" + target.server.port() + "/" + target.database + "?tls=disabled",
                Optional.empty());
        return new MySqlSink(
                target.vertx, url, "default", new Lease("test", "", Duration.ofSeconds(10)), rules, target.meters);
    }

    /** A second process on the same database, which reaches it by another port. */
    TargetFixture through(int port) {
        SimpleMeterRegistry own = new SimpleMeterRegistry();
        ConnectionUrl url = ConnectionUrl.parse(
                "TRIBUTARY_SINK",
                "mysql://root@127.0.0.1:" + port + "/" + database + "?tls=disabled",
                Optional.empty());
        MySqlSink through = new MySqlSink(
                vertx,
                url,
                "default",
                new Lease("test", "", Duration.ofSeconds(10)),
                SchemaRules.of(SchemaPolicy.CREATE),
                own);
        await(through.open());
        return new TargetFixture(server, vertx, database, own, through, router);
    }

    /** A second process on the same database. */
    TargetFixture another() {
        return on(server, vertx, database, "", Optional.empty());
    }

    /** Another sink on the same database, whose router has these keys. */
    TargetFixture withKeys(String keyColumns) {
        return on(server, vertx, database, "", Optional.of(keyColumns));
    }

    /** The failure that this ends with. */
    static PipelineException failure(Uni<?> uni) {
        return catchThrowableOfType(PipelineException.class, () -> await(uni));
    }

    static List<@Nullable String> row(@Nullable String... values) {
        return Arrays.asList(values);
    }

    static <T> T await(Uni<T> uni) {
        return uni.await().atMost(PATIENCE);
    }

    ShardCheckpoint claim() {
        return await(sink.checkpoints().claim(SHARD));
    }

    /** Claims the shard, and plans these parts. */
    long begin(PartId... parts) {
        ShardCheckpoint claimed = claim();
        List<PartCheckpoint> added = Arrays.stream(parts)
                .map(part -> new PartCheckpoint(part, "", null, false))
                .toList();
        Set<String> tables = new HashSet<>();
        added.forEach(part -> tables.add(part.id().table()));
        await(sink.checkpoints().plan(claimed, null, tables, added));
        return claimed.epoch();
    }

    void prepare(SourceTable... tables) {
        await(sink.prepare(router.targetsOf(List.of(tables))));
    }

    Uni<Void> write(StreamId stream, long epoch, Mark mark, ChangeRecord... records) {
        return sink.write(router.route(new ChangeBatch(stream, epoch, List.of(records), mark, 0, 0)));
    }

    /** Writes to the change stream and waits. */
    void apply(long epoch, String position, ChangeRecord... records) {
        await(write(CHANGES, epoch, boundary(position), records));
    }

    static Mark boundary(String position) {
        return new Mark.Boundary(new Position(position));
    }

    static StreamId part(String table) {
        return new StreamId(SHARD, new PartId(table, 0));
    }

    List<List<@Nullable String>> rows(String table) throws SQLException {
        return query("SELECT * FROM " + table + " ORDER BY 1, 2");
    }

    List<List<@Nullable String>> query(String sql) throws SQLException {
        try (var connection = server.connect(database)) {
            return dev.tributary.servers.Sql.query(connection, sql);
        }
    }

    void execute(String... statements) throws SQLException {
        try (var connection = server.connect(database)) {
            dev.tributary.servers.Sql.execute(connection, statements);
        }
    }

    @Nullable
    String position() throws SQLException {
        return query("SELECT position FROM tributary_checkpoint WHERE source_table = ''")
                .get(0)
                .get(0);
    }

    /** Returns once so many transactions of this database wait for locks that others hold. */
    void awaitWaiting(int transactions) {
        String sql = "SELECT COUNT(DISTINCT w.REQUESTING_THREAD_ID) FROM performance_schema.data_lock_waits w"
                + " JOIN performance_schema.threads t ON t.THREAD_ID = w.REQUESTING_THREAD_ID"
                + " WHERE t.PROCESSLIST_DB = '" + database + "'";
        Await.until(
                transactions + " transactions wait for locks",
                PATIENCE,
                () -> server.query(sql).equals(List.of(List.of(Integer.toString(transactions)))),
                () -> "in " + database);
    }

    @Override
    public void close() {
        await(sink.close());
    }

    /** Rows that the server has read without an index; looking at them reads some, too. */
    long rowsScanned() throws Exception {
        String read =
                query("SHOW GLOBAL STATUS LIKE 'Handler_read_rnd_next'").get(0).get(1);
        return Long.parseLong(String.valueOf(read));
    }
}
