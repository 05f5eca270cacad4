package dev.tributary.sink.dynamodb;

import dev.tributary.dynamodb.DynamoDbFailures;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Sees that a table's key stays what it was when its first items were written. The target's own table does not tell: of a key of more
 * than two columns it has the first one alone. Safe for any thread.
 */
final class KeptKeys {
    private final ColumnEntries columns;
    /** What is kept, by table, as far as it was asked for. */
    private final Map<String, List<String>> known = new ConcurrentHashMap<>();

    KeptKeys(ColumnEntries columns) {
        this.columns = columns;
    }

    /**
     * Keeps a key if none is kept. Fails as FATAL if another one is.
     *
     * @param where what the message of a failure begins with
     * @param table as records name it
     */
    Uni<Void> keep(String where, String table, List<String> key) {
        return compared(where, table, key, columns.keepKey(table, key));
    }

    /** The same, but keeps nothing. */
    Uni<Void> verify(String where, String table, List<String> key) {
        return compared(
                where,
                table,
                key,
                // there may be no checkpoints yet
                columns.key(table).onFailure(DynamoDbFailures::isMissing).recoverWithItem(List.of()));
    }

    private Uni<Void> compared(String where, String table, List<String> key, Uni<List<String>> asked) {
        List<String> found = known.get(table);
        return (found == null ? asked : Uni.createFrom().item(found))
                .invoke(kept -> {
                    if (kept.isEmpty()) {
                        return;
                    }
                    known.put(table, kept);
                    if (!kept.equals(key)) {
                        throw new PipelineException(
                                Kind.FATAL,
                                where + "its key at the source is " + key + " now, and was " + kept
                                        + " when its first items were written, which keep theirs: start a new pipeline"
                                        + " (TRIBUTARY_PIPELINE) into empty tables (a prefix in TRIBUTARY_SINK)");
                    }
                })
                .replaceWithVoid();
    }
}
