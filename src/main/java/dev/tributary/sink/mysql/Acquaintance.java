package dev.tributary.sink.mysql;

import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;

/** Learns, when the sink is opened, what it needs to know of its target. */
final class Acquaintance {
    /** What a tablet takes through gRPC by default, with room for what VTGate adds. */
    private static final long VTGATE_PACKET = 15 << 20;

    private final Target target;
    private final Sessions sessions;

    /**
     * @param packet how large a statement may be
     * @param foldsCase whether table names are taken without regard to case
     * @param atomic whether rows and position are durable together or not at all
     * @param mariaDb whether the server is a MariaDB
     */
    record Facts(long packet, boolean foldsCase, boolean atomic, boolean mariaDb) {}

    Acquaintance(Target target, Sessions sessions) {
        this.target = target;
        this.sessions = sessions;
    }

    Future<Facts> meet() {
        return sessions.acquire()
                .compose(session -> (target.vitess() ? vtgate(session) : server(session))
                        .compose(facts -> session.commit().map(facts))
                        .onSuccess(facts -> sessions.release(session))
                        .onFailure(failure -> session.close()));
    }

    private Future<Facts> server(Session session) {
        return session.query("SELECT @@max_allowed_packet, @@lower_case_table_names")
                .map(rows -> {
                    Row row = rows.iterator().next();
                    return new Facts(row.getLong(0), row.getInteger(1) != 0, true, session.isMariaDb());
                });
    }

    private Future<Facts> vtgate(Session session) {
        return session.query("SHOW VITESS_SHARDS").map(rows -> {
            boolean sharded = shards(rows, target.schema()) > 1 && !target.namesShard();
            if (sharded && target.checkpointSchema().isEmpty()) {
                throw wrong(
                        "keyspace " + target.schema()
                                + " is sharded: set parameter 'checkpoint' to an unsharded keyspace, which keeps the positions");
            }
            target.checkpointSchema()
                    .filter(keyspace -> shards(rows, keyspace) != 1)
                    .ifPresent(keyspace -> {
                        throw wrong("parameter 'checkpoint': " + keyspace + " is not an unsharded keyspace");
                    });
            return new Facts(VTGATE_PACKET, false, target.checkpointSchema().isEmpty(), false);
        });
    }

    private static long shards(RowSet<Row> rows, String keyspace) {
        long count = 0;
        for (Row row : rows) {
            if (row.getString(0).startsWith(keyspace + "/")) {
                count++;
            }
        }
        return count;
    }

    private PipelineException wrong(String what) {
        return new PipelineException(Kind.SETTING, target.setting() + ": " + what);
    }
}
