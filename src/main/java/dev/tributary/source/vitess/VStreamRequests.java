package dev.tributary.source.vitess;

import binlogdata.Binlogdata.Filter;
import binlogdata.Binlogdata.Filter.FieldEventMode;
import binlogdata.Binlogdata.Rule;
import binlogdata.Binlogdata.ShardGtid;
import binlogdata.Binlogdata.VGtid;
import com.google.protobuf.UnknownFieldSet;
import dev.tributary.record.ShardId;
import dev.tributary.record.SourceTable;
import io.vitess.proto.Vtgate.VStreamFlags;
import io.vitess.proto.Vtgate.VStreamRequest;
import java.util.List;

/** What VTGate is asked for. */
final class VStreamRequests {
    /** Bytes after which VTGate sends on what it has of a transaction; without it VTGate holds the whole in memory. */
    private static final long TRANSACTION_CHUNK = 4 << 20;

    /** {@code transaction_chunk_size} of VStreamFlags (vtgate.proto of Vitess 24), newer than the proto at hand. */
    private static final int TRANSACTION_CHUNK_FIELD = 11;

    private VStreamRequests() {}

    static VStreamRequest of(VitessAddress address, ShardGtid start, Filter filter) {
        VStreamFlags flags = VStreamFlags.newBuilder()
                .setHeartbeatInterval((int) address.heartbeat().toSeconds())
                .setCells(address.cells())
                .setIncludeReshardJournalEvents(true)
                .setExcludeKeyspaceFromTableName(true)
                .setUnknownFields(UnknownFieldSet.newBuilder()
                        .addField(
                                TRANSACTION_CHUNK_FIELD,
                                UnknownFieldSet.Field.newBuilder()
                                        .addVarint(TRANSACTION_CHUNK)
                                        .build())
                        .build())
                .build();
        return VStreamRequest.newBuilder()
                .setTabletType(address.tabletType())
                .setVgtid(VGtid.newBuilder().addShardGtids(start))
                .setFilter(filter)
                .setFlags(flags)
                .build();
    }

    static ShardGtid.Builder of(ShardId shard) {
        return ShardGtid.newBuilder().setKeyspace(shard.keyspace()).setShard(shard.shard());
    }

    /** One table's rows, as a query selects them. */
    static Filter copied(String table, String query) {
        return Filter.newBuilder()
                .addRules(Rule.newBuilder().setMatch(table).setFilter(query))
                .build();
    }

    /**
     * One table's changes. Of a key range, too: the tablet has no names but those of now for rows of before a schema change, and
     * would look for the range in another column.
     */
    static Filter followed(String table) {
        return Filter.newBuilder()
                .setFieldEventMode(FieldEventMode.BEST_EFFORT)
                .addRules(Rule.newBuilder().setMatch(table).setFilter(KeyRange.ALL.filter(table)))
                .build();
    }

    /** The tables' changes, and those of tables that come later where the URL leaves that open. */
    static Filter changes(VitessAddress address, List<SourceTable> tables) {
        // rows of before a column or a table was dropped come without names; which they had is known here
        Filter.Builder filter = Filter.newBuilder().setFieldEventMode(FieldEventMode.BEST_EFFORT);
        for (SourceTable table : tables) {
            String name = table.id().name();
            if (table.elsewhere() || table.isGone() && !address.tables().selects(name)) {
                continue;
            }
            filter.addRules(Rule.newBuilder().setMatch(name).setFilter(KeyRange.ALL.filter(name)));
        }
        if (address.tables().isOpen()) {
            filter.addRules(Rule.newBuilder().setMatch("/.*"));
        }
        return filter.build();
    }
}
