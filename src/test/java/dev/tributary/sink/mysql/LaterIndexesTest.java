package dev.tributary.sink.mysql;

import static dev.tributary.sink.mysql.TargetFixture.failure;
import static dev.tributary.sink.mysql.TargetFixture.part;
import static dev.tributary.sink.mysql.TargetFixture.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.record.ChangeBatch.Mark;
import dev.tributary.record.PartId;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Position;
import dev.tributary.record.StreamId;
import dev.tributary.servers.Await;
import dev.tributary.servers.MySqlServer;
import dev.tributary.servers.SharedServers;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With {@code indexes=copied} a table gets its secondary indexes once it is copied, whatever comes in between. */
class LaterIndexesTest {
    private static final String TABLE = "id BIGINT NOT NULL, n INT, v VARCHAR(20), PRIMARY KEY (id),"
            + " UNIQUE KEY one (id, n), KEY by_n (n), KEY by_both (v(5), n)";

    private static final Mark COPIED = new Mark.Copied(new Position("end"));

    private Vertx vertx;
    private TargetFixture target;

    @BeforeEach
    void open() throws SQLException {
        vertx = Vertx.vertx();
        target = on(SharedServers.mysql());
    }

    @AfterEach
    void close() {
        target.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    /** A target whose tables get their indexes later. */
    private TargetFixture on(MySqlServer server) throws SQLException {
        try (TargetFixture made = TargetFixture.open(server, vertx)) {
            return later(made);
        }
    }

    private TargetFixture later(TargetFixture on) {
        return TargetFixture.on(on.server, vertx, on.database, "&indexes=copied", Optional.empty());
    }

    /** The source's, which lies beside the target. */
    private MirroredTable source(String definition) throws SQLException {
        String source = target.database + "_source";
        target.server.execute(
                "DROP DATABASE IF EXISTS " + source,
                "CREATE DATABASE " + source,
                "CREATE TABLE " + source + ".t (" + definition + ")",
                "INSERT INTO " + source + ".t (id, n, v) VALUES (1, 1, 'a'), (2, 2, 'b')");
        return new MirroredTable(target.server, source, "t");
    }

    private List<String> indexes() throws SQLException {
        return target
                .query("SELECT DISTINCT INDEX_NAME FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = '"
                        + target.database + "' AND TABLE_NAME = 't' ORDER BY 1")
                .stream()
                .map(index -> String.valueOf(index.getFirst()))
                .toList();
    }

    private static <T> T await(Future<T> future) {
        return TargetFixture.await(Uni.createFrom().completionStage(future.toCompletionStage()));
    }

    private static <T> T await(Uni<T> uni) {
        return TargetFixture.await(uni);
    }

    private long noted() throws SQLException {
        return target.query("SELECT * FROM tributary_checkpoint WHERE state = 'indexes'")
                .size();
    }

    private void awaitIndexes(String... names) {
        Await.until(
                "indexes " + List.of(names),
                Duration.ofSeconds(60),
                () -> indexes().equals(List.of(names)) && noted() == 0,
                () -> "others are there");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void areMadeOnceEveryPartIsCopied(boolean mariaDb) throws Exception {
        if (mariaDb) {
            target.close();
            target = on(SharedServers.mariaDb());
        }
        MirroredTable table = source(TABLE);
        long epoch = target.begin(new PartId("t", 0), new PartId("t", 1));
        target.prepare(table.table);

        await(target.write(part("t"), epoch, COPIED, table.creates()));
        await(target.sink.finish());

        assertThat(indexes()).containsExactly("one", "PRIMARY");
        assertThat(noted()).isEqualTo(1);

        await(target.write(new StreamId(TargetFixture.SHARD, new PartId("t", 1)), epoch, COPIED));
        await(target.sink.finish());

        assertThat(indexes()).containsExactly("by_both", "by_n", "one", "PRIMARY");
        assertThat(noted()).isZero();
        assertThat(target.query("SHOW CREATE TABLE t").getFirst().get(1)).contains("(`v`(5),`n`)");
        assertThat(target.rows("t")).containsExactly(row("1", "1", "a"), row("2", "2", "b"));
    }

    /** By a process that runs on, and by one that knows nothing of the setting. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void areMadeBesideTheChanges(boolean another) throws Exception {
        MirroredTable table = source(TABLE);
        long epoch = target.begin(new PartId("t", 0));
        target.prepare(table.table);
        await(target.write(part("t"), epoch, COPIED, table.creates()));

        if (another) {
            target.close();
            target = target.another();
            target.prepare(table.table);
        }
        awaitIndexes("by_both", "by_n", "one", "PRIMARY");
    }

    @Test
    void andNoneIsNotedOfATableThatIsThere() throws Exception {
        MirroredTable table = source(TABLE);
        target.execute("CREATE TABLE t (id BIGINT NOT NULL PRIMARY KEY, n INT, v VARCHAR(20))");
        target.prepare(table.table);

        assertThat(noted()).isZero();
    }

    /** A process ended between the index and its note; somebody has made one, or dropped a column, or the table. */
    @Test
    void butThoseThatAreThereOrCannotBe() throws Exception {
        MirroredTable table = source(TABLE);
        long epoch = target.begin(new PartId("t", 0));
        target.prepare(table.table);
        target.execute("ALTER TABLE t ADD KEY by_n (n)");
        await(target.write(part("t"), epoch, COPIED, table.creates()));
        target.execute("ALTER TABLE t DROP COLUMN v");
        await(target.sink.finish());

        assertThat(indexes()).containsExactly("by_n", "one", "PRIMARY");
        assertThat(noted()).isZero();

        await(target.sink.checkpoints().tables().noteIndexes(table.table.id(), "gone", List.of("KEY k (k)")));
        await(target.sink.finish());

        assertThat(noted()).isZero();
    }

    /** What cannot be made ends a run that was to end with it, and says of which table. */
    @Test
    void failWhereTheServerRefuses() throws Exception {
        MirroredTable table = source(TABLE);
        long epoch = target.begin(new PartId("t", 0));
        target.prepare(table.table);
        await(target.sink.checkpoints().tables().noteIndexes(table.table.id(), "t", List.of("KEY k (v(9999))")));
        await(target.write(part("t"), epoch, COPIED, table.creates()));

        PipelineException refused = failure(target.sink.finish());

        assertThat(refused.kind()).isEqualTo(Kind.FATAL);
        assertThat(refused).hasMessageContaining("indexes of table t");
        assertThat(noted()).isEqualTo(1);
    }

    @Test
    void whatSomethingDependsOnStaysWithItsTable() {
        List<String> lines = List.of(
                "`id` bigint NOT NULL",
                "`c` int NOT NULL AUTO_INCREMENT COMMENT 'KEY `x` (`c`)'",
                "PRIMARY KEY (`id`)",
                "UNIQUE KEY `u` (`v`)",
                "KEY `counted` (`c`)",
                "KEY `plain` (`v`,`c`)",
                "KEY `odd ``name` (`v`(5) DESC) USING BTREE COMMENT 'it''s (not) a KEY'",
                "KEY `computed` ((upper(`v`)))",
                "FULLTEXT KEY `text` (`v`)",
                "SPATIAL KEY `place` (`p`)");

        assertThat(LaterIndexes.among(lines))
                .containsExactly(
                        "KEY `plain` (`v`,`c`)",
                        "KEY `odd ``name` (`v`(5) DESC) USING BTREE COMMENT 'it''s (not) a KEY'");
        List<String> withForeign = new ArrayList<>(lines);
        withForeign.add("CONSTRAINT `f` FOREIGN KEY (`v`) REFERENCES `o` (`v`)");
        assertThat(LaterIndexes.among(withForeign)).isEmpty();
    }
}
