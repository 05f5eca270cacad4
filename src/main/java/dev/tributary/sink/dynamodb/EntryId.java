package dev.tributary.sink.dynamodb;

import dev.tributary.record.PartId;
import dev.tributary.record.ShardId;
import dev.tributary.record.StreamId;
import java.util.Locale;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * The key of an entry in the checkpoint table.
 *
 * @param group the partition key: a pipeline, or a shard of one; names in it are escaped, so that different ones stay different
 * @param entry the sort key: a word that tells what it is, and whose
 */
record EntryId(String group, String entry) {
    static final String GROUP = "stream";
    static final String ENTRY = "entry";

    /** A shard's change stream, which has its epoch. */
    static final String CHANGES = "changes";
    /** What the names of parts begin with. */
    static final String PART = "part ";
    /** Those of the columns of tables. */
    static final String COLUMNS = "columns ";
    /** Those of keys that a part was about to write. */
    static final String AHEAD = "ahead ";
    /** In a pipeline's group, those of shards. */
    static final String SHARD = "shard ";
    /** There, those of the keys of tables. */
    static final String KEY = "key ";
    /** There, those of processes. */
    static final String PROCESS = "process ";

    static EntryId process(String pipeline, String name) {
        return new EntryId(escaped(pipeline), PROCESS + name);
    }

    /** @param table as records name it */
    static EntryId key(String pipeline, String table) {
        return new EntryId(escaped(pipeline), KEY + table);
    }

    /** By which a shard is found. */
    static EntryId known(String pipeline, ShardId shard) {
        return new EntryId(escaped(pipeline), SHARD + escaped(shard.keyspace()) + "/" + escaped(shard.shard()));
    }

    static EntryId changes(String pipeline, ShardId shard) {
        return new EntryId(group(pipeline, shard), CHANGES);
    }

    /** Of a part, or of the change stream. */
    static EntryId stream(String pipeline, StreamId stream) {
        return stream.part().isChanges()
                ? changes(pipeline, stream.shard())
                : part(pipeline, stream.shard(), stream.part());
    }

    static EntryId part(String pipeline, ShardId shard, PartId part) {
        return new EntryId(group(pipeline, shard), PART + name(part));
    }

    static EntryId columns(String pipeline, ShardId shard, String table) {
        return new EntryId(group(pipeline, shard), COLUMNS + table);
    }

    /**
     * With the epoch, as each owner numbers its batches by itself: what one deletes too late is not another's.
     *
     * @param piece of those that the keys of one batch take
     */
    static EntryId ahead(String pipeline, StreamId stream, long epoch, long batch, int piece) {
        return new EntryId(
                group(pipeline, stream.shard()),
                AHEAD + name(stream.part()) + " "
                        + String.format(Locale.ROOT, "%019d %019d %05d", epoch, batch, piece));
    }

    private static String name(PartId part) {
        return part.table() + "#" + part.index();
    }

    static String group(String pipeline, ShardId shard) {
        return escaped(pipeline) + "/" + escaped(shard.keyspace()) + "/" + escaped(shard.shard());
    }

    /** The group of a pipeline's own entries. */
    static String group(String pipeline) {
        return escaped(pipeline);
    }

    private static String escaped(String name) {
        return name.replace("%", "%25").replace("/", "%2F");
    }

    Map<String, AttributeValue> key() {
        return Map.of(GROUP, AttributeValue.fromS(group), ENTRY, AttributeValue.fromS(entry));
    }
}
