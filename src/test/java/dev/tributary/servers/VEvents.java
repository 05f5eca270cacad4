package dev.tributary.servers;

import binlogdata.Binlogdata.FieldEvent;
import binlogdata.Binlogdata.Journal;
import binlogdata.Binlogdata.KeyspaceShard;
import binlogdata.Binlogdata.MigrationType;
import binlogdata.Binlogdata.RowChange;
import binlogdata.Binlogdata.RowEvent;
import binlogdata.Binlogdata.ShardGtid;
import binlogdata.Binlogdata.TableLastPK;
import binlogdata.Binlogdata.VEvent;
import binlogdata.Binlogdata.VEventType;
import binlogdata.Binlogdata.VGtid;
import com.google.protobuf.ByteString;
import io.vitess.proto.Query;
import io.vitess.proto.Query.QueryResult;
import io.vitess.proto.Query.Type;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Events as VTGate sends them for the keyspace {@code commerce}. */
public final class VEvents {
    public static final String KEYSPACE = "commerce";

    /** When every transaction was committed, in seconds since 1970. */
    public static final long COMMITTED_AT = 1_700_000_000;

    private static final String SERVER = "0a1b2c3d-0000-11ee-8000-00155d012345";

    private VEvents() {}

    /** The GTID set of a shard's first {@code last} transactions. */
    public static String gtid(long last) {
        return "MySQL56/" + SERVER + ":1-" + last;
    }

    public static Query.Field column(String name, Type type, String declared, int collation) {
        return Query.Field.newBuilder()
                .setName(name)
                .setType(type)
                .setColumnType(declared)
                .setCharset(collation)
                .build();
    }

    /** The columns {@code id bigint, name varchar(64)}. */
    public static List<Query.Field> idAndName() {
        return List.of(column("id", Type.INT64, "bigint", 63), column("name", Type.VARCHAR, "varchar(64)", 45));
    }

    public static VEvent begin() {
        return VEvent.newBuilder().setType(VEventType.BEGIN).build();
    }

    public static VEvent field(String table, List<Query.Field> columns) {
        return VEvent.newBuilder()
                .setType(VEventType.FIELD)
                .setFieldEvent(FieldEvent.newBuilder().setTableName(table).addAllFields(columns))
                .build();
    }

    /** Rows of a copy, which carry no time. */
    public static VEvent copied(String table, RowChange... rows) {
        return VEvent.newBuilder()
                .setType(VEventType.ROW)
                .setRowEvent(RowEvent.newBuilder().setTableName(table).addAllRowChanges(List.of(rows)))
                .build();
    }

    /** Rows of a transaction. */
    public static VEvent rows(String table, RowChange... rows) {
        return copied(table, rows).toBuilder().setTimestamp(COMMITTED_AT).build();
    }

    public static RowChange insert(@Nullable Object... values) {
        return RowChange.newBuilder().setAfter(row(values)).build();
    }

    public static RowChange delete(@Nullable Object... values) {
        return RowChange.newBuilder().setBefore(row(values)).build();
    }

    public static RowChange update(Query.Row before, Query.Row after) {
        return RowChange.newBuilder().setBefore(before).setAfter(after).build();
    }

    /** Null, bytes, or anything whose text is the value. */
    public static Query.Row row(@Nullable Object... values) {
        Query.Row.Builder row = Query.Row.newBuilder();
        ByteString.Output bytes = ByteString.newOutput();
        for (Object value : values) {
            byte[] one = value == null
                    ? null
                    : value instanceof byte[] raw ? raw : value.toString().getBytes(StandardCharsets.UTF_8);
            row.addLengths(one == null ? -1 : one.length);
            if (one != null) {
                bytes.write(one, 0, one.length);
            }
        }
        return row.setValues(bytes.toByteString()).build();
    }

    public static VEvent vgtid(String shard, String gtid) {
        return vgtid(shard(shard, gtid));
    }

    /** A place in a copy. */
    public static VEvent vgtid(String shard, String gtid, String table, QueryResult lastpk) {
        return vgtid(shard(shard, gtid).toBuilder()
                .addTablePKs(TableLastPK.newBuilder().setTableName(table).setLastpk(lastpk))
                .build());
    }

    private static VEvent vgtid(ShardGtid shard) {
        return VEvent.newBuilder()
                .setType(VEventType.VGTID)
                .setVgtid(VGtid.newBuilder().addShardGtids(shard))
                .build();
    }

    private static ShardGtid shard(String shard, String gtid) {
        return ShardGtid.newBuilder()
                .setKeyspace(KEYSPACE)
                .setShard(shard)
                .setGtid(gtid)
                .build();
    }

    /** How far a copy by {@code id} has come. */
    public static QueryResult lastpk(long id) {
        return QueryResult.newBuilder()
                .addFields(column("id", Type.INT64, "bigint", 63))
                .addRows(row(id))
                .build();
    }

    public static VEvent commit() {
        return VEvent.newBuilder()
                .setType(VEventType.COMMIT)
                .setTimestamp(COMMITTED_AT)
                .build();
    }

    /** The end of one shard's copy. */
    public static VEvent copyCompleted(String shard) {
        return VEvent.newBuilder()
                .setType(VEventType.COPY_COMPLETED)
                .setKeyspace(KEYSPACE)
                .setShard(shard)
                .build();
    }

    /** The end of every shard's copy. */
    public static VEvent copyCompleted() {
        return VEvent.newBuilder().setType(VEventType.COPY_COMPLETED).build();
    }

    public static VEvent ddl(String statement) {
        return VEvent.newBuilder()
                .setType(VEventType.DDL)
                .setStatement(statement)
                .build();
    }

    public static VEvent other() {
        return VEvent.newBuilder().setType(VEventType.OTHER).build();
    }

    public static VEvent heartbeat() {
        return VEvent.newBuilder().setType(VEventType.HEARTBEAT).build();
    }

    /** The journal of a shard that was split into others. */
    public static VEvent journal(String shard, ShardGtid... children) {
        return journal(Journal.newBuilder()
                .setId(7)
                .setMigrationType(MigrationType.SHARDS)
                .addAllShardGtids(List.of(children))
                .addParticipants(
                        KeyspaceShard.newBuilder().setKeyspace(KEYSPACE).setShard(shard))
                .build());
    }

    public static VEvent journal(Journal journal) {
        return VEvent.newBuilder()
                .setType(VEventType.JOURNAL)
                .setJournal(journal)
                .build();
    }

    public static VEvent ofType(VEventType type) {
        return VEvent.newBuilder().setType(type).build();
    }
}
