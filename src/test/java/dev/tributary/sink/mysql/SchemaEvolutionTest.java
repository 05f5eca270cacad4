package dev.tributary.sink.mysql;

import static dev.tributary.sink.mysql.TargetFixture.await;
import static dev.tributary.sink.mysql.TargetFixture.failure;
import static dev.tributary.sink.mysql.TargetFixture.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.checkpoint.ShardCheckpoint;
import dev.tributary.config.Settings.DropPolicy;
import dev.tributary.config.Settings.MissingPolicy;
import dev.tributary.config.Settings.SchemaPolicy;
import dev.tributary.record.ChangeBatch;
import dev.tributary.record.ColumnDefinition;
import dev.tributary.record.PartId;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Position;
import dev.tributary.record.SchemaChange;
import dev.tributary.record.SchemaChange.Altered;
import dev.tributary.record.SchemaChange.Dropped;
import dev.tributary.record.SchemaChange.OfTable;
import dev.tributary.record.SchemaChange.Truncated;
import dev.tributary.record.SchemaStep;
import dev.tributary.record.ShardId;
import dev.tributary.record.SourceTable;
import dev.tributary.record.StreamId;
import dev.tributary.record.TableId;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SchemaEvolutionTest {
    private static final ShardId LEFT = new ShardId("commerce", "-80");
    private static final ShardId RIGHT = new ShardId("commerce", "80-");
    private static final ShardId NOBODYS = new ShardId("commerce", "c0-");
    /** Without the width for display that only older servers tell. */
    private static final String TYPE = "IF(DATA_TYPE = 'int', DATA_TYPE, COLUMN_TYPE)";

    private static final String ID = "`id` int(11) NOT NULL";
    private static final String NAME = "`name` varchar(20) NOT NULL";
    private static final SourceTable ORDERS = orders(ID, NAME);

    private TargetFixture target;
    private MySqlSink sink;
    private final Map<ShardId, Long> epochs = new HashMap<>();

    @BeforeEach
    void open() throws Exception {
        target = TargetFixture.open();
        sink = TargetFixture.sink(target, SchemaRules.of(SchemaPolicy.EVOLVE));
        target.execute(
                "CREATE TABLE orders (id int NOT NULL PRIMARY KEY, name varchar(20) NOT NULL, UNIQUE KEY named (name))",
                "INSERT INTO orders VALUES (1, 'one'), (2, 'two')");
    }

    @AfterEach
    void close() {
        await(sink.close());
        target.close();
    }

    private static SourceTable orders(String... columns) {
        String create = "CREATE TABLE `orders` (\n  " + String.join(",\n  ", columns) + ",\n  PRIMARY KEY (`id`)\n)";
        return new SourceTable(new TableId("commerce", "orders"), List.of("id"), create);
    }

    private void rules(SchemaPolicy policy, DropPolicy drops, MissingPolicy missing) {
        await(sink.close());
        sink = TargetFixture.sink(target, new SchemaRules(policy, drops, missing));
        await(sink.open());
        for (ShardId shard : List.of(LEFT, RIGHT)) {
            epochs.put(shard, await(sink.checkpoints().claim(shard)).epoch());
        }
    }

    /** Half of it would be another change. */
    @Test
    void whatWaitsForAllShardsIsMadeInOneStatement() throws Exception {
        evolving(DropPolicy.APPLY);
        target.execute("ALTER TABLE orders ADD COLUMN a INT, ADD COLUMN b VARCHAR(5), ADD COLUMN c INT");
        SourceTable before = orders(ID, NAME, "`a` int(11)", "`b` varchar(5)", "`c` int(11)");
        SourceTable now = orders(ID, NAME, "`z` varchar(50)");
        Altered change =
                new Altered("orders", before.columns(), now.columns(), Map.of("b", "z"), Set.of(), Optional.empty());
        assertThat(await(evolve(LEFT, "l1", change, now))).isFalse();

        assertThat(await(evolve(RIGHT, "r1", change, now))).isTrue();

        assertThat(target.query("SELECT COLUMN_NAME, " + TYPE + " FROM information_schema.COLUMNS WHERE TABLE_SCHEMA ="
                        + " DATABASE() AND TABLE_NAME = 'orders' ORDER BY ORDINAL_POSITION"))
                .containsExactly(row("id", "int"), row("name", "varchar(20)"), row("z", "varchar(50)"));
    }

    private void evolving(DropPolicy drops) {
        rules(SchemaPolicy.EVOLVE, drops, MissingPolicy.STOP);
    }

    private static Altered altered(SourceTable after, Map<String, String> renamed) {
        return new Altered("orders", ORDERS.columns(), after.columns(), renamed, Set.of(), Optional.empty());
    }

    private Uni<Boolean> evolve(ShardId shard, String at, OfTable change, SourceTable... now) {
        return evolve(shard, at, change, ORDERS, List.of(now));
    }

    private Uni<Boolean> evolve(ShardId shard, String at, OfTable change, SourceTable followed, List<SourceTable> now) {
        SchemaChange told =
                new SchemaChange("as told", new Position("before " + at), new Position(at), List.of(change));
        SchemaStep step = new SchemaStep(
                shard,
                epochs.getOrDefault(shard, 0L),
                followed.key().isEmpty() ? Set.of(LEFT, RIGHT, NOBODYS) : Set.of(LEFT, RIGHT),
                told,
                List.of(followed),
                now);
        return sink.evolve(step, target.router.targetsOf(step.tables()));
    }

    private void known(ShardId shard) throws Exception {
        target.execute("INSERT INTO tributary_schema (pipeline, keyspace, shard, source_table, columns)"
                + " VALUES ('default', '" + shard.keyspace() + "', '" + shard.shard() + "', 'orders', '[]')");
    }

    private List<?> columns() throws Exception {
        return target.query(
                "SELECT COLUMN_NAME, " + TYPE + ", IS_NULLABLE, COLUMN_DEFAULT FROM information_schema.COLUMNS"
                        + " WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'orders' ORDER BY ORDINAL_POSITION");
    }

    @Test
    void whatAddsAndWidensIsMadeForTheFirstShardAndIsThereForTheSecond() throws Exception {
        evolving(DropPolicy.STOP);
        SourceTable now = orders(ID, "`n` int(11) NOT NULL", "`name` varchar(40)", "`x` json");
        Altered change = altered(now, Map.of());

        assertThat(await(evolve(LEFT, "l1", change, now))).isTrue();
        List<?> made = columns();
        assertThat(await(evolve(RIGHT, "r1", change, now))).isTrue();
        assertThat(await(evolve(LEFT, "l1", change, now))).as("told again").isTrue();

        assertThat(made)
                .isEqualTo(List.of(
                        row("id", "int", "NO", null),
                        row("n", "int", "NO", "0"),
                        row("name", "varchar(40)", "YES", null),
                        row("x", "json", "YES", null)));
        assertThat(columns()).isEqualTo(made);
        assertThat(target.query("SELECT id, n, name FROM orders"))
                .containsExactly(row("1", "0", "one"), row("2", "0", "two"));
    }

    @Test
    void aColumnIsRenamedOnceEveryShardHasComeToIt() throws Exception {
        evolving(DropPolicy.STOP);
        SourceTable now = orders(ID, "`title` varchar(40) NOT NULL");
        Altered change = altered(now, Map.of("name", "title"));

        assertThat(await(evolve(LEFT, "l1", change, now))).isFalse();
        assertThat(await(evolve(LEFT, "l1", change, now))).isFalse();
        assertThat(target.query("SELECT name FROM orders")).hasSize(2);
        assertThat(await(evolve(RIGHT, "r1", change, now))).isTrue();

        assertThat(await(evolve(LEFT, "l1", change, now))).isTrue();
        assertThat(target.query("SELECT id, title FROM orders")).containsExactly(row("1", "one"), row("2", "two"));
        assertThat(columns()).asString().contains("varchar(40)");
    }

    @Test
    void aRenameThatWasCutOffInItsMiddleIsMadeToItsEnd() throws Exception {
        evolving(DropPolicy.STOP);
        SourceTable now = orders(ID, "`title` varchar(40) NOT NULL");
        target.execute("ALTER TABLE orders RENAME COLUMN name TO title");

        assertThat(await(evolve(LEFT, "l1", altered(now, Map.of("name", "title")), now)))
                .isTrue();
        assertThat(columns()).asString().contains("varchar(40)");
    }

    /** Frameworks add a column with a default for the rows that are there, and take that away at once. */
    @Test
    void rowsThatAreThereGetTheDefaultOfTheStatementWhateverBecameOfItSince() throws Exception {
        evolving(DropPolicy.STOP);
        SourceTable then = orders(ID, NAME, "`n` int NOT NULL DEFAULT 5");
        SourceTable now = orders(ID, NAME, "`n` int NOT NULL");

        assertThat(await(evolve(LEFT, "l1", altered(then, Map.of()), now))).isTrue();
        assertThat(target.query("SELECT id, n FROM orders")).containsExactly(row("1", "5"), row("2", "5"));
    }

    @Test
    void whatWasLetPassUnderOtherSettingsDoesNotCountForTheNextOne() throws Exception {
        evolving(DropPolicy.APPLY);
        Truncated change = new Truncated("orders");
        assertThat(await(evolve(LEFT, "l1", change, ORDERS))).isFalse();
        rules(SchemaPolicy.CREATE, DropPolicy.STOP, MissingPolicy.STOP);
        assertThat(await(evolve(LEFT, "l1", change, ORDERS))).isTrue();

        evolving(DropPolicy.APPLY);
        assertThat(await(evolve(RIGHT, "r2", change, ORDERS)))
                .as("left has not come to this one")
                .isFalse();
        assertThat(target.rows("orders")).hasSize(2);
    }

    @Test
    void rowsGoOnceEveryShardHasComeToIt() throws Exception {
        evolving(DropPolicy.APPLY);
        Truncated change = new Truncated("orders");

        assertThat(await(evolve(LEFT, "l1", change, ORDERS))).isFalse();
        assertThat(target.rows("orders")).hasSize(2);
        assertThat(await(evolve(RIGHT, "r1", change, ORDERS))).isTrue();
        assertThat(target.rows("orders")).isEmpty();

        target.execute("INSERT INTO orders VALUES (3, 'behind it')");
        assertThat(await(evolve(RIGHT, "r1", change, ORDERS))).as("told again").isTrue();
        assertThat(await(evolve(LEFT, "l1", change, ORDERS))).isTrue();
        assertThat(target.rows("orders")).as("is not done again").hasSize(1);

        assertThat(await(evolve(LEFT, "l2", change, ORDERS))).as("another one").isFalse();
        assertThat(target.rows("orders")).hasSize(1);
        assertThat(await(evolve(RIGHT, "r2", change, ORDERS))).isTrue();
        assertThat(target.rows("orders")).isEmpty();
    }

    /** A new table that is altered while it is copied has other columns in the shard that it is copied from next. */
    @Test
    void aCopyWhoseColumnsAreNotTheTargetsBeginsAgainWhileChangesStop() throws Exception {
        evolving(DropPolicy.STOP);
        SourceRows old = new SourceRows("orders", 1, ORDERS.createStatement(), "id int(11)", "called varchar(20)");
        StreamId copy = new StreamId(LEFT, new PartId("orders", 0));

        for (StreamId stream : List.of(copy, new StreamId(LEFT, PartId.CHANGES))) {
            PipelineException failure = failure(sink.write(target.router.route(new ChangeBatch(
                    stream,
                    epochs.getOrDefault(LEFT, 0L),
                    List.of(old.create(7, "seven")),
                    TargetFixture.boundary("p"),
                    0,
                    0))));

            assertThat(failure)
                    .hasMessageContaining("column called")
                    .hasMessageNotContaining("TRIBUTARY_SCHEMA=evolve");
            assertThat(failure.kind()).isEqualTo(stream.equals(copy) ? Kind.TRANSIENT : Kind.FATAL);
        }
    }

    /** A copy ends behind it in every shard, or a stream tells it: then with the default that it had. */
    @Test
    void aColumnThatStreamsWillTellIsNotAddedAtTheStart() throws Exception {
        evolving(DropPolicy.STOP);
        SourceTable now = orders(ID, NAME, "`n` int(11) NOT NULL DEFAULT '7'");
        await(sink.prepare(target.router.targetsOf(List.of(now))));
        assertThat(columns().toString()).as("copied in every shard").contains("n, int");
        target.execute("ALTER TABLE orders DROP COLUMN n");
        ShardCheckpoint left = await(sink.checkpoints().claim(LEFT));
        await(sink.checkpoints().plan(left, new Position("p"), Set.of("orders"), List.of()));

        await(sink.prepare(target.router.targetsOf(List.of(now))));

        assertThat(columns().toString()).as("followed in one").doesNotContain("n, int");
    }

    /** No stream will tell it. */
    @Test
    void aTableThatWasAlteredWhileItWasCopiedIsMadeWideEnoughOrRefused() throws Exception {
        evolving(DropPolicy.STOP);

        await(sink.prepare(target.router.targetsOf(List.of(orders(ID, "`name` varchar(40) NOT NULL")))));
        assertThat(columns().toString()).contains("varchar(40)");

        SourceTable other = orders(ID, "`name` datetime(6) NOT NULL");
        assertThat(failure(sink.prepare(target.router.targetsOf(List.of(other)))))
                .hasMessageContaining("column name is varchar(40) at the target, datetime(6) at the source");
    }

    /** The stream of a shard that has rows there will tell which of both it is; where there are none it is no matter. */
    @ParameterizedTest
    @EnumSource(DropPolicy.class)
    void aColumnThatMayBeAnothersNewNameIsAddedToATableWithoutRowsOnly(DropPolicy drops) throws Exception {
        evolving(drops);
        ShardCheckpoint left = await(sink.checkpoints().claim(LEFT));
        await(sink.checkpoints().keepColumns(left, Map.of("orders", ORDERS.columns())));
        target.execute("ALTER TABLE orders ADD COLUMN loaded_at timestamp NULL, DROP INDEX named");
        List<SourceTable> now = List.of(orders(ID, "`title` varchar(20) NOT NULL"));
        List<?> before = columns();

        await(sink.prepare(target.router.targetsOf(now)));
        assertThat(columns()).as("with rows").isEqualTo(before);

        target.execute("DELETE FROM orders");
        await(sink.prepare(target.router.targetsOf(now)));

        List<List<String>> after = new ArrayList<>(List.of(
                row("id", "int", "NO", null),
                row("title", "varchar(20)", "NO", ""),
                row("name", "varchar(20)", "YES", null),
                row("loaded_at", "timestamp", "YES", null)));
        if (drops == DropPolicy.APPLY) {
            after.remove(2);
        }
        assertThat(columns()).isEqualTo(after);
    }

    @Test
    void aColumnOfAUniqueIndexIsNotTakenAwayBeforeTheCopy() throws Exception {
        evolving(DropPolicy.APPLY);
        ShardCheckpoint left = await(sink.checkpoints().claim(LEFT));
        await(sink.checkpoints().keepColumns(left, Map.of("orders", ORDERS.columns())));
        target.execute("DELETE FROM orders");

        await(sink.prepare(target.router.targetsOf(List.of(orders(ID, "`title` varchar(20) NOT NULL")))));

        assertThat(columns().toString()).contains("title", "[name, varchar(20), YES");
    }

    /** It was copied behind the change, so that its stream never comes to it. */
    @Test
    void aShardThatHasTheColumnsBehindAChangeAlreadyIsNotWaitedFor() throws Exception {
        evolving(DropPolicy.STOP);
        SourceTable now = orders(ID, "`title` varchar(20) NOT NULL");
        assertThat(await(evolve(LEFT, "l1", altered(now, Map.of("name", "title")), now)))
                .isFalse();
        ShardCheckpoint right = await(sink.checkpoints().claim(RIGHT));
        await(sink.checkpoints().keepColumns(right, Map.of("orders", now.columns())));

        assertThat(await(evolve(LEFT, "l1", altered(now, Map.of("name", "title")), now)))
                .isTrue();
        assertThat(target.rows("orders")).containsExactly(row("1", "one"), row("2", "two"));
        assertThat(columns().toString()).contains("title").doesNotContain("name");
    }

    /** Neither can be made when all have come to it. */
    @Test
    void shardsThatMadeChangesInDifferentOrdersDoNotWaitForEachOther() throws Exception {
        evolving(DropPolicy.APPLY);
        SourceTable now = orders(ID, "`title` varchar(20) NOT NULL");
        assertThat(await(evolve(LEFT, "l1", altered(now, Map.of("name", "title")), now)))
                .isFalse();

        PipelineException failure = failure(evolve(RIGHT, "r1", new Truncated("orders"), ORDERS));

        assertThat(failure.kind()).isEqualTo(Kind.FATAL);
        assertThat(failure)
                .hasMessageContaining("rename column name to title")
                .hasMessageContaining("truncated")
                .hasMessageContaining("commerce/-80")
                .hasMessageContaining("commerce/80-");
    }

    @Test
    void columnsAndTablesAreDroppedOnceEveryShardHasComeToIt() throws Exception {
        evolving(DropPolicy.APPLY);
        SourceTable now = orders(ID);
        Altered change = altered(now, Map.of());

        assertThat(await(evolve(LEFT, "l1", change, now))).isFalse();
        assertThat(columns()).hasSize(2);
        assertThat(await(evolve(RIGHT, "r1", change, now))).isTrue();
        assertThat(columns()).hasSize(1);

        assertThat(await(evolve(RIGHT, "r2", new Dropped("orders")))).isFalse();
        assertThat(columns()).hasSize(1);
        assertThat(await(evolve(LEFT, "l2", new Dropped("orders")))).isTrue();
        assertThat(columns()).isEmpty();
        assertThat(await(evolve(RIGHT, "r2", new Dropped("orders")))).isTrue();
    }

    @Test
    void whatIsDroppedStopsTheStreamOrIsKept() throws Exception {
        evolving(DropPolicy.STOP);
        SourceTable now = orders(ID);
        for (OfTable change : List.of(altered(now, Map.of()), new Truncated("orders"), new Dropped("orders"))) {
            PipelineException refused = failure(evolve(LEFT, "l1", change, now));
            assertThat(refused.kind()).isEqualTo(Kind.FATAL);
            assertThat(refused).hasMessageContainingAll("commerce/-80", "orders", "as told", "TRIBUTARY_SCHEMA_DROPS");
        }
        evolving(DropPolicy.KEEP);
        for (OfTable change : List.of(altered(now, Map.of()), new Truncated("orders"), new Dropped("orders"))) {
            assertThat(await(evolve(LEFT, "l1", change, now))).isTrue();
        }
        target.execute("INSERT INTO orders (id) VALUES (3)");
        assertThat(target.rows("orders")).containsExactly(row("1", "one"), row("2", "two"), row("3", null));
    }

    /** A row of a shard that does not have the column could be taken for one of a shard that has it. */
    @ParameterizedTest
    @CsvSource({"EVOLVE, ''", "CREATE, ''", "EVOLVE, '`name` varchar(20) NOT NULL;`x` json'"})
    void shardsComeTogetherToAColumnThatIsAddedOrKeptWhereRowsHaveNoKey(SchemaPolicy policy, String columns)
            throws Exception {
        rules(policy, DropPolicy.KEEP, MissingPolicy.STOP);
        SourceTable keyless = new SourceTable(ORDERS.id(), List.of(), ORDERS.createStatement());
        SourceTable after = columns.isEmpty() ? orders(ID) : orders((ID + ";" + columns).split(";"));
        List<SourceTable> now = List.of(new SourceTable(ORDERS.id(), List.of(), after.createStatement()));
        Altered change = altered(now.getFirst(), Map.of());
        // a third shard is nobody's yet, and nothing of it is at the target
        known(LEFT);
        known(RIGHT);

        assertThat(await(evolve(LEFT, "l1", change, keyless, now))).isFalse();
        assertThat(await(evolve(RIGHT, "r1", change, keyless, now))).isTrue();
        assertThat(await(evolve(LEFT, "l1", change, keyless, now))).isTrue();
    }

    @Test
    void aUniqueIndexThatIsGoneAtTheSourceDoesNotRefuseRowsAnyMore() throws Exception {
        evolving(DropPolicy.STOP);
        Altered change = new Altered(
                "orders", ORDERS.columns(), ORDERS.columns(), Map.of(), Set.of("NAMED", "other"), Optional.empty());

        assertThat(await(evolve(LEFT, "l1", change, ORDERS))).isTrue();
        target.execute("INSERT INTO orders VALUES (3, 'one')");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "`at` datetime DEFAULT CURRENT_TIMESTAMP | at",
                "`u` varchar(36) DEFAULT (uuid())        | values for column u",
                "`no` int NOT NULL AUTO_INCREMENT        | values for column no",
            })
    void valuesThatTheStreamDoesNotTellAreRefused(String column, String why) throws Exception {
        evolving(DropPolicy.APPLY);
        SourceTable now = orders(ID, NAME, column);
        List<?> before = columns();

        assertThat(failure(evolve(LEFT, "l1", altered(now, Map.of()), now))).hasMessageContaining(why);
        assertThat(columns()).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource({"varchar(10)", "text CHARACTER SET latin1", "varbinary(20)"})
    void aTypeThatIsNotWiderIsRefusedUnlessTheTargetHasIt(String type) throws Exception {
        evolving(DropPolicy.APPLY);
        SourceTable now = orders(ID, "`name` " + type + " NOT NULL");

        assertThat(failure(evolve(LEFT, "l1", altered(now, Map.of()), now)))
                .hasMessageContainingAll("column name", "TRIBUTARY_SCHEMA=create");
        target.execute("ALTER TABLE orders DROP KEY named, MODIFY name " + type + " NOT NULL");
        assertThat(await(evolve(LEFT, "l1", altered(now, Map.of()), now))).isTrue();
    }

    @Test
    void anOnlineSchemaChangeAddsDropsAndWidensButDoesNotRename() throws Exception {
        evolving(DropPolicy.KEEP);
        Altered swap = new Altered("orders", ORDERS.columns(), List.of(), Map.of(), Set.of(), Optional.empty());
        SourceTable renamed = orders(ID, "`title` varchar(20) NOT NULL");

        assertThat(failure(evolve(LEFT, "l1", swap, renamed)))
                .hasMessageContainingAll("[title]", "[name]", "RENAME COLUMN");
        target.execute("ALTER TABLE orders RENAME COLUMN name TO title");
        assertThat(await(evolve(LEFT, "l1", swap, renamed))).isTrue();
        assertThat(target.query("SELECT title FROM orders")).hasSize(2);
    }

    @Test
    void withoutEvolvingANewColumnIsAnErrorOrLeftOut() throws Exception {
        rules(SchemaPolicy.CREATE, DropPolicy.STOP, MissingPolicy.STOP);
        SourceTable now = orders(ID, NAME, "`x` int");
        PipelineException refused = failure(evolve(LEFT, "l1", altered(now, Map.of()), now));
        assertThat(refused).hasMessageContainingAll("column x", "TRIBUTARY_SCHEMA=evolve");
        assertThat(await(evolve(LEFT, "l1", new Truncated("orders"), now))).isTrue();
        assertThat(target.rows("orders")).hasSize(2);

        rules(SchemaPolicy.NONE, DropPolicy.STOP, MissingPolicy.SKIP);
        assertThat(await(evolve(LEFT, "l1", altered(now, Map.of()), now))).isTrue();
        assertThat(columns()).hasSize(2);
    }

    @Test
    void aProcessThatHasLostTheShardChangesNothing() throws Exception {
        evolving(DropPolicy.APPLY);
        await(target.sink.checkpoints().claim(LEFT));
        SourceTable now = orders(ID, NAME, "`x` int");

        assertThat(failure(evolve(LEFT, "l1", altered(now, Map.of()), now)).kind())
                .isEqualTo(Kind.FENCED);
        assertThat(columns()).hasSize(2);
    }

    @Test
    void aProcessThatHasLostTheShardKeepsNoColumnsOfIt() {
        evolving(DropPolicy.STOP);
        ShardCheckpoint stale = await(sink.checkpoints().claim(LEFT));
        await(target.sink.checkpoints().claim(LEFT));

        assertThat(failure(sink.checkpoints().keepColumns(stale, Map.of("orders", ORDERS.columns())))
                        .kind())
                .isEqualTo(Kind.FENCED);
    }

    @Test
    void theColumnsOfAStreamAreKeptUntilItIsBehindTheChange() {
        evolving(DropPolicy.STOP);
        SourceTable now = orders(ID, NAME, "`x` int");
        List<ColumnDefinition> before = ORDERS.columns();
        ShardCheckpoint claimed = await(sink.checkpoints().claim(LEFT));
        epochs.put(LEFT, claimed.epoch());
        await(sink.checkpoints().keepColumns(claimed, Map.of("orders", before)));

        await(evolve(LEFT, "l1", altered(now, Map.of()), now));

        assertThat(await(sink.checkpoints().columns(LEFT)).get("orders"))
                .isEqualTo(new dev.tributary.checkpoint.TableColumns(before, new Position("l1"), now.columns()));
        assertThat(await(sink.checkpoints().columns(RIGHT))).isEmpty();
    }
}
