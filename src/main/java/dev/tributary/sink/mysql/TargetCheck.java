package dev.tributary.sink.mysql;

import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.ArrayList;
import java.util.List;

/** Looks whether the target can be written to, and changes nothing. */
final class TargetCheck {
    private final Target target;
    private final Sessions sessions;
    private final SchemaRules rules;

    TargetCheck(Target target, Sessions sessions, SchemaRules rules) {
        this.target = target;
        this.sessions = sessions;
        this.rules = rules;
    }

    /** What was found, a line each. */
    Future<List<String>> check() {
        if (target.vitess() && rules.evolves()) {
            return Future.failedFuture(new PipelineException(
                    Kind.SETTING,
                    "TRIBUTARY_SCHEMA: 'evolve' is for a MySQL or MariaDB target; leave it out, and alter the tables of "
                            + target.name() + " yourself"));
        }
        return sessions.acquire()
                .compose(session -> version(session)
                        .compose(version -> target.vitess()
                                ? Future.succeededFuture(List.of(target.name() + ": " + version))
                                : writable(session)
                                        .compose(writable -> grants(session))
                                        .map(grants -> lines(version, grants)))
                        .compose(lines -> session.commit().map(lines))
                        .onSuccess(lines -> sessions.release(session))
                        .onFailure(failure -> session.close()));
    }

    private Future<String> version(Session session) {
        return session.query("SELECT VERSION()").map(rows -> {
            String version = rows.iterator().next().getString(0);
            return version.contains("MariaDB") ? version : "MySQL " + version;
        });
    }

    private Future<Void> writable(Session session) {
        return session.query("SELECT @@global.read_only").compose(rows -> {
            boolean readOnly = rows.iterator().next().getInteger(0) != 0;
            return readOnly
                    ? Future.failedFuture(wrong("the server is read-only; name the one that takes writes"))
                    : Future.succeededFuture();
        });
    }

    private Future<Grants> grants(Session session) {
        return session.query("SELECT CURRENT_ROLE()")
                .compose(role -> session.query("SHOW GRANTS" + using(role)), noRoles -> session.query("SHOW GRANTS"))
                .map(rows -> {
                    List<String> lines = new ArrayList<>();
                    rows.forEach(row -> lines.add(row.getString(0)));
                    return Grants.of(lines, target.schema());
                });
    }

    /** The privileges of active roles are listed only if they are asked for; MariaDB lists them anyway. */
    private static String using(RowSet<Row> role) {
        String roles = role.iterator().next().getString(0);
        return roles == null || !roles.contains("@") ? "" : " FOR CURRENT_USER() USING " + roles;
    }

    private List<String> lines(String version, Grants grants) {
        List<String> missing = grants.missing(rules);
        if (missing.isEmpty()) {
            return List.of(target.name() + ": " + version + ", every privilege needed is granted");
        }
        if (grants.isByTable()) {
            return List.of(
                    target.name() + ": " + version,
                    target.name() + ": privileges are granted for single tables, which is not checked; on all of "
                            + target.schema() + " there is no " + String.join(", ", missing));
        }
        throw wrong("user '" + target.options().getUser() + "' lacks " + String.join(", ", missing) + " on "
                + target.schema() + "; grant " + (missing.size() == 1 ? "it" : "them"));
    }

    private PipelineException wrong(String what) {
        return new PipelineException(Kind.FATAL, target.setting() + ": " + target.name() + ": " + what);
    }
}
