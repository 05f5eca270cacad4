package dev.tributary.source.vitess;

import binlogdata.Binlogdata.Filter;
import binlogdata.Binlogdata.ShardGtid;
import binlogdata.Binlogdata.VGtid;
import com.google.protobuf.UnknownFieldSet;
import io.vitess.proto.Vtgate.VStreamFlags;
import io.vitess.proto.Vtgate.VStreamRequest;

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
}
