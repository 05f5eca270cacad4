package dev.tributary.sink.mysql;

import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A session for short work that comes again and again and must not wait for batches. One piece of work follows the other; after
 * one that failed the next gets a new session. May be called on any thread.
 */
final class KeptSession {
    private final Sessions sessions;
    /** Done, never failed, when the last piece of work is: with the session that is left of it. */
    private Future<@Nullable Session> last = Future.succeededFuture();

    KeptSession(Sessions sessions) {
        this.sessions = sessions;
    }

    <T> Future<T> use(Duration limit, Function<SqlConnection, Future<T>> work) {
        return sessions.onContext(() -> {
            Future<Session> session =
                    last.compose(left -> left == null || left.isEnded() ? connect() : Future.succeededFuture(left));
            Future<T> done = session.compose(open -> open.lend(limit, work).onFailure(failure -> open.close()));
            last = done.transform(result -> Future.succeededFuture(result.succeeded() ? session.result() : null));
            return done;
        });
    }

    /** Each statement is a transaction, so that no lock is left behind where this process is held still between two. */
    private Future<Session> connect() {
        return sessions.kept()
                .compose(session -> session.query("SET autocommit = 1").map(session));
    }
}
