package dev.tributary.source.vitess;

import binlogdata.Binlogdata.ShardGtid;
import binlogdata.Binlogdata.VEvent;
import binlogdata.Binlogdata.VGtid;

/**
 * An event of type VGTID: where the shards of a stream stand. Each transaction has one, so that it is read without the objects
 * that protobuf would make of it; one serves for all of a stream. Source of the fields: {@code binlogdata.proto} of Vitess 24.
 */
final class VgtidEvent {
    private static final int VGTID = RowsEvent.bytesField(VEvent.VGTID_FIELD_NUMBER);
    private static final int SHARD_GTIDS = RowsEvent.bytesField(VGtid.SHARD_GTIDS_FIELD_NUMBER);
    private static final int SHARD = RowsEvent.bytesField(ShardGtid.SHARD_FIELD_NUMBER);
    private static final int GTID = RowsEvent.bytesField(ShardGtid.GTID_FIELD_NUMBER);

    private final RepeatedText names = new RepeatedText();
    private int shards;
    private String shard = "";
    private String gtid = "";

    /** @param event a VEvent of type VGTID */
    void read(WireReader event) {
        shards = 0;
        shard = "";
        gtid = "";
        while (event.hasMore()) {
            int tag = event.tag();
            if (tag != VGTID) {
                event.skip(tag);
                continue;
            }
            int outer = event.enter();
            while (event.hasMore()) {
                int inner = event.tag();
                if (inner == SHARD_GTIDS) {
                    shards++;
                    int around = event.enter();
                    readShard(event);
                    event.leave(around);
                } else {
                    event.skip(inner);
                }
            }
            event.leave(outer);
        }
    }

    private void readShard(WireReader event) {
        while (event.hasMore()) {
            int tag = event.tag();
            if (tag == SHARD) {
                int outer = event.enter();
                shard = names.read(event);
                event.leave(outer);
            } else if (tag == GTID) {
                int outer = event.enter();
                gtid = event.text();
                event.leave(outer);
            } else {
                event.skip(tag);
            }
        }
    }

    /** How many shards it is of. */
    int shards() {
        return shards;
    }

    /** The shard's name, if it is of one; empty if it is not said. */
    String shard() {
        return shard;
    }

    /** The shard's GTID set in Vitess's words, if it is of one. */
    String gtid() {
        return gtid;
    }
}
