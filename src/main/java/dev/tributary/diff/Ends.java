package dev.tributary.diff;

import dev.tributary.checkpoint.MySqlErrors;
import dev.tributary.config.ConnectionUrl;
import dev.tributary.config.Settings;
import dev.tributary.config.Unreachable;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.sink.mysql.Target;
import dev.tributary.source.vitess.VitessSql;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.mysqlclient.MySQLConnectOptions;
import io.vertx.mysqlclient.MySQLException;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Connects to the servers that the settings name: each shard's primary behind VTGate, and the target. */
final class Ends {
    private final Vertx vertx;
    private final @Nullable VitessSql source;
    private final @Nullable Target target;
    private final int connections;
    /** One of each shard on either side, and one for the checkpoints. */
    private final List<Server> servers = new ArrayList<>();

    /** @param keyspace the one whose tables are read, of several; empty for the only one */
    Ends(Vertx vertx, Settings settings, String keyspace, int connections) {
        this(
                vertx,
                VitessSql.of(ConnectionUrl.ofSource(settings), keyspace),
                Target.parse(ConnectionUrl.ofSink(settings)),
                connections);
    }

    private Ends(Vertx vertx, @Nullable VitessSql source, @Nullable Target target, int connections) {
        this.vertx = vertx;
        this.source = source;
        this.target = target;
        this.connections = connections;
    }

    /** Of a source whose target is no server of SQL. */
    static Ends ofSource(Vertx vertx, VitessSql source, int connections) {
        return new Ends(vertx, source, null, connections);
    }

    /** Of a target whose source is no server of SQL. */
    static Ends ofTarget(Vertx vertx, Settings settings, int connections) {
        return new Ends(vertx, null, Target.parse(ConnectionUrl.ofSink(settings)), connections);
    }

    VitessSql source() {
        return Objects.requireNonNull(source);
    }

    private Target target() {
        return Objects.requireNonNull(target);
    }

    /** Past replicas, which may be behind what the pipeline has read. */
    Future<List<Server>> sourceServers() {
        return sourceServers(source()::selectsShard);
    }

    /** Of the whole keyspace: another process may read what this one does not. */
    Future<List<Server>> allSourceServers() {
        return sourceServers(shard -> true);
    }

    private Future<List<Server>> sourceServers(Predicate<String> selected) {
        return shards(source().options(), source().keyspace(), source()::failure)
                .map(shards -> shards.stream()
                        .filter(selected)
                        .map(shard -> server(
                                source().keyspace() + "/" + shard,
                                source().options(),
                                source().keyspace() + ":" + shard + "@primary",
                                true,
                                source()::failure))
                        .toList());
    }

    Future<List<Server>> targetServers() {
        if (!target().vitess() || target().namesShard()) {
            MySQLConnectOptions options = target().options();
            return Future.succeededFuture(
                    List.of(server("the target", options, options.getDatabase(), target().vitess(), this::failure)));
        }
        return shards(target().options(), target().schema(), this::failure)
                .map(shards -> shards.stream()
                        .map(shard -> server(
                                "the target's " + target().schema() + "/" + shard,
                                target().options(),
                                target().schema() + ":" + shard + "@primary",
                                true,
                                this::failure))
                        .toList());
    }

    /** The target as one server, whatever it is made of. */
    Server wholeTarget() {
        return server(
                "the target", target().options(), target().options().getDatabase(), target().vitess(), this::failure);
    }

    /** What sets up a session at the target that deletes rows as the pipeline does. */
    List<String> deleting() {
        return target().vitess()
                ? List.of("SET foreign_key_checks = 0")
                : List.of(
                        "SET foreign_key_checks = 0" + (target().logs() ? "" : ", sql_log_bin = 0"),
                        "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED");
    }

    /**
     * Where the checkpoints are.
     *
     * @param targets how many servers hold the target's rows
     */
    Server checkpoints(int targets) {
        if (targets > 1 && target().checkpointSchema().isEmpty()) {
            throw new PipelineException(
                    Kind.SETTING,
                    target().setting() + ": keyspace " + target().schema()
                            + " is sharded: set parameter 'checkpoint' to the unsharded keyspace that keeps the positions");
        }
        String schema = target().checkpointSchema().orElse(target().schema());
        String database = target().vitess() && !target().namesShard()
                ? schema + "@primary"
                : target().options().getDatabase();
        return server("the target", target().options(), database, target().vitess(), this::failure);
    }

    private Server server(
            String name,
            MySQLConnectOptions options,
            String database,
            boolean vitess,
            BiFunction<String, Throwable, RuntimeException> failures) {
        MySQLConnectOptions own = new MySQLConnectOptions(options).setDatabase(database);
        Server server = new Server(name, vertx, own, vitess, connections, failures);
        servers.add(server);
        return server;
    }

    private Future<List<String>> shards(
            MySQLConnectOptions options, String keyspace, BiFunction<String, Throwable, RuntimeException> failures) {
        Server gate = server("VTGate", options, keyspace, true, failures);
        return gate.query("listing shards", "SHOW VITESS_SHARDS").map(rows -> {
            List<String> shards = new ArrayList<>();
            for (Row row : rows) {
                String name = row.getString(0);
                if (name.startsWith(keyspace + "/")) {
                    shards.add(name.substring(keyspace.length() + 1));
                }
            }
            return shards.stream().sorted().toList();
        });
    }

    private RuntimeException failure(String what, Throwable cause) {
        if (cause instanceof PipelineException known) {
            return known;
        }
        String said = cause instanceof MySQLException
                ? String.valueOf(MySqlErrors.of(what, cause).getMessage())
                : what + ": " + Unreachable.of(cause).what();
        return new PipelineException(Kind.TRANSIENT, target().setting() + ": " + target().name() + ": " + said);
    }

    /** @throws PipelineException if what the settings name is not there */
    void verify(List<Server> shards, Side side) {
        Set<String> names = side.tableNames();
        String setting = "TRIBUTARY_SOURCE: ";
        if (shards.isEmpty()) {
            throw new PipelineException(
                    Kind.SETTING,
                    setting + "no shard of keyspace '" + source().keyspace() + "' is served"
                            + (source().shards().isEmpty()
                                    ? ""
                                    : " that parameter 'shards' names: " + String.join(", ", source().shards())));
        }
        for (String named : source().namedTables()) {
            if (!names.contains(named)) {
                throw new PipelineException(
                        Kind.SETTING,
                        setting + "parameter 'tables': keyspace '" + source().keyspace() + "' has no table '" + named
                                + "'");
            }
        }
    }

    Future<Void> close() {
        return Future.join(servers.stream().map(Server::close).toList()).mapEmpty();
    }
}
