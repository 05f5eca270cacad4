package dev.tributary.servers;

import static dev.tributary.servers.VEvents.begin;
import static dev.tributary.servers.VEvents.commit;
import static dev.tributary.servers.VEvents.gtid;
import static dev.tributary.servers.VEvents.other;
import static dev.tributary.servers.VEvents.vgtid;

import binlogdata.Binlogdata.ShardGtid;
import io.vitess.proto.Vtgate.VStreamRequest;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A VTGate in this process that speaks for a keyspace {@code commerce} of as many shards as are wanted, which no cluster on one
 * machine could have. What its tables are a database of a real MySQL says, which is empty; what is in them, and what changes, is
 * told by script.
 */
public final class ShardedGate implements AutoCloseable {
    /** Where every shard stands, and every copy ends: the transactions of its changes are those behind it. */
    public static final long START = 5;

    /** What a shard's streams tell, each from where it is to begin. */
    public interface Story {
        VStreamScript copy(int shard, String table);

        /** @param from the last transaction that is not wanted any more */
        VStreamScript changes(int shard, long from);
    }

    private final List<String> shards;
    private final VStreamServer streams = VStreamServer.start();
    private final QueryPort queries;

    public ShardedGate(int shards, MySqlServer server, String database, Story story) {
        this.shards = IntStream.range(0, shards)
                .mapToObj(shard -> shard(shard, shards))
                .toList();
        this.queries = new QueryPort(server, database, (target, sql) -> tell(sql));
        streams.otherwise(request -> answer(story, request));
    }

    private static String bound(int shard, int of) {
        return shard == 0 || shard == of ? "" : "%02x".formatted(shard * 256 / of);
    }

    /** The name of the n-th of so many shards, of at most 256. */
    public static String shard(int shard, int of) {
        return bound(shard, of) + "-" + bound(shard + 1, of);
    }

    public VStreamServer streams() {
        return streams;
    }

    public QueryPort queries() {
        return queries;
    }

    /** The source's URL, whose streams wait longer for a heartbeat than a test takes. */
    public String url() {
        return "vitess://127.0.0.1:" + streams.port() + "/" + VEvents.KEYSPACE + "?heartbeat_seconds=60&mysql_port="
                + queries.port();
    }

    private @Nullable List<String> tell(String sql) {
        return switch (sql) {
            case "show vitess_shards" ->
                shards.stream().map(shard -> VEvents.KEYSPACE + "/" + shard).toList();
            case "select @@global.gtid_executed" -> List.of(gtid(START).substring("MySQL56/".length()));
            case "select @@global.gtid_purged" -> List.of("");
            default -> null;
        };
    }

    private VStreamScript answer(Story story, VStreamRequest request) {
        ShardGtid start = request.getVgtid().getShardGtids(0);
        int shard = shards.indexOf(start.getShard());
        String gtid = start.getGtid();
        if (gtid.equals("current")) {
            return VStreamScript.script().message(begin(), vgtid(start.getShard(), gtid(START)), other(), commit());
        }
        return gtid.isEmpty()
                ? story.copy(shard, request.getFilter().getRules(0).getMatch())
                : story.changes(shard, Long.parseLong(gtid.substring(gtid.lastIndexOf('-') + 1)));
    }

    @Override
    public void close() {
        streams.close();
        queries.close();
    }
}
