package dev.tributary.bench;

import static dev.tributary.servers.VEvents.begin;
import static dev.tributary.servers.VEvents.column;
import static dev.tributary.servers.VEvents.commit;
import static dev.tributary.servers.VEvents.copyCompleted;
import static dev.tributary.servers.VEvents.field;
import static dev.tributary.servers.VEvents.gtid;
import static dev.tributary.servers.VEvents.insert;
import static dev.tributary.servers.VEvents.lastpk;
import static dev.tributary.servers.VEvents.rows;
import static dev.tributary.servers.VEvents.vgtid;
import static dev.tributary.servers.VStreamScript.script;

import binlogdata.Binlogdata.RowChange;
import binlogdata.Binlogdata.VEvent;
import dev.tributary.servers.ShardedGate;
import dev.tributary.servers.VEvents;
import dev.tributary.servers.VStreamScript;
import io.vitess.proto.Query.Field;
import io.vitess.proto.Query.Type;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

/**
 * What the shards of a table tell: a copy, then changes once they are let go, and then, once that is wanted, changes without an
 * end; in between heartbeats, as often as VTGate sends them by default.
 *
 * @param shards how many there are
 * @param copied rows of each shard's copy
 * @param changed rows of each shard's changes, in transactions of {@link #ROWS}
 */
record ShardRows(int shards, int copied, int changed, CountDownLatch changes, CountDownLatch endless)
        implements ShardedGate.Story {
    static final String TABLE = "orders";
    static final String DDL =
            "CREATE TABLE " + TABLE + " (id bigint NOT NULL, owner int NOT NULL, amount decimal(10,2),"
                    + " state varchar(16), note varchar(100), PRIMARY KEY (id))";

    static final int ROWS = 10;

    private static final int ROWS_OF_COPY = 1_000;
    private static final long IDS = 1_000_000_000;
    private static final Duration HEARTBEAT = Duration.ofSeconds(5);
    private static final CountDownLatch NEVER = new CountDownLatch(1);
    private static final String NOTE = "a note of sixty letters and more, as long as notes mostly are";

    private static final List<Field> COLUMNS = List.of(
            column("id", Type.INT64, "bigint", 63),
            column("owner", Type.INT32, "int", 63),
            column("amount", Type.DECIMAL, "decimal(10,2)", 63),
            column("state", Type.VARCHAR, "varchar(16)", 45),
            column("note", Type.VARCHAR, "varchar(100)", 45));

    /** @param rows of all shards together, of the copies and once more of the changes */
    static ShardRows of(int shards, int rows) {
        int each = rows / shards / ROWS * ROWS;
        return new ShardRows(shards, each, each, new CountDownLatch(1), new CountDownLatch(1));
    }

    @Override
    public VStreamScript copy(int shard, String table) {
        String name = ShardedGate.shard(shard, shards);
        VStreamScript copy =
                script().message(begin(), field(TABLE, COLUMNS)).message(vgtid(name, gtid(ShardedGate.START)));
        int messages = (copied + ROWS_OF_COPY - 1) / ROWS_OF_COPY;
        return copy.messages(messages, i -> {
                    int to = Math.min(copied, (i + 1) * ROWS_OF_COPY);
                    return List.of(
                            VEvents.copied(TABLE, inserts(shard, i * ROWS_OF_COPY, to)),
                            vgtid(name, gtid(ShardedGate.START), TABLE, lastpk(id(shard, to - 1))),
                            commit());
                })
                .message(begin(), vgtid(name, gtid(ShardedGate.START)), commit())
                .message(copyCompleted(name))
                .message(copyCompleted());
    }

    @Override
    public VStreamScript changes(int shard, long from) {
        String name = ShardedGate.shard(shard, shards);
        int transactions = changed / ROWS;
        return script().heartbeats(HEARTBEAT, changes)
                .message(begin(), field(TABLE, COLUMNS))
                .messages(transactions, i -> transaction(name, shard, i))
                .heartbeats(HEARTBEAT, endless)
                .messages(Integer.MAX_VALUE - transactions, i -> transaction(name, shard, transactions + i))
                .heartbeats(HEARTBEAT, NEVER);
    }

    private List<VEvent> transaction(String name, int shard, int number) {
        int from = copied + number * ROWS;
        return List.of(
                begin(),
                rows(TABLE, inserts(shard, from, from + ROWS)),
                vgtid(name, gtid(ShardedGate.START + 1 + number)),
                commit());
    }

    private static RowChange[] inserts(int shard, int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(n -> insert(id(shard, n), shard, n % 1_000 + ".50", "paid", NOTE))
                .toArray(RowChange[]::new);
    }

    private static long id(int shard, int n) {
        return shard * IDS + n;
    }
}
