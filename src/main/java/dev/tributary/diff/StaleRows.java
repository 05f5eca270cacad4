package dev.tributary.diff;

import io.vertx.core.Future;
import io.vertx.sqlclient.RowSet;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Deletes rows at the target whose keys the source does not have, while changes flow. The row is locked at the target first and
 * only then looked for at the source, once that shows whatever the target has: if the row comes back later, whoever writes it
 * waits until it is deleted. The source's deletes must reach the target from before that on, by a stream.
 */
final class StaleRows {
    private final TablePair pair;
    private final SliceReader reader;
    private final Side source;
    private final Server target;
    private final List<String> session;
    private final Positions positions;
    private long deleted;

    /**
     * @param target takes what is deleted
     * @param session sets up a session there
     */
    StaleRows(
            TablePair pair, SliceReader reader, Side source, Server target, List<String> session, Positions positions) {
        this.pair = pair;
        this.reader = reader;
        this.source = source;
        this.target = target;
        this.session = session;
        this.positions = positions;
    }

    long deleted() {
        return deleted;
    }

    /** Deletes those of a slice; answers with the number of the source's rows. */
    Future<Long> delete(Slice slice) {
        Future<Map<RowKey, String>> ofSource = reader.read(true, slice);
        Future<Map<RowKey, String>> ofTarget = reader.read(false, slice);
        return Future.all(ofSource, ofTarget).compose(both -> {
            Set<RowKey> stale = new HashSet<>(ofTarget.result().keySet());
            stale.removeAll(ofSource.result().keySet());
            return delete(stale.iterator()).map((long) ofSource.result().size());
        });
    }

    private Future<Void> delete(Iterator<RowKey> stale) {
        if (!stale.hasNext()) {
            return Future.succeededFuture();
        }
        RowKey key = stale.next();
        TableSql sql = pair.targetSql();
        String what = "deleting rows of " + pair.target() + " that the source has no more";
        return target.transaction(
                        what,
                        session,
                        connection -> connection
                                .query(sql.has(key) + " FOR UPDATE")
                                .execute()
                                .compose(locked -> locked.size() == 0 ? Future.succeededFuture(true) : isAtSource(key))
                                .compose(there -> there
                                        ? Future.succeededFuture(0)
                                        : connection
                                                .query(sql.delete(key))
                                                .execute()
                                                .map(RowSet::rowCount)))
                .compose(rows -> {
                    deleted += rows;
                    return delete(stale);
                });
    }

    private Future<Boolean> isAtSource(RowKey key) {
        return positions
                .visible()
                .compose(shown -> source.ask(server -> server.query(
                        "looking for keys of " + pair.source(), pair.sourceSql().has(key))))
                .map(answers -> answers.stream().anyMatch(rows -> rows.size() > 0));
    }
}
