package dev.tributary.endtoend;

import dev.tributary.comparison.Comparison;
import dev.tributary.comparison.Database;
import dev.tributary.servers.MySqlServer;
import dev.tributary.servers.SharedServers;
import dev.tributary.servers.Sql;
import dev.tributary.servers.VitessCluster;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The kinds of server that rows are carried into, and how to look at what has arrived, past the pipeline. */
enum Targets {
    MYSQL,
    MARIADB,
    VTGATE,
    SHARDED_VTGATE;

    /** The one that {@code -Dtarget} names: {@code mysql}, {@code mariadb} or {@code vtgate}. */
    static Targets chosen() {
        return valueOf(System.getProperty("target", "mysql").toUpperCase(Locale.ROOT));
    }

    /**
     * An empty target of this kind. VTGate's keyspaces are {@code lookup}, of which there is one, so that the target before is
     * gone, and {@code replica}.
     *
     * @param database of a server that can have any number of them
     */
    Replica replica(VitessCluster source, String database) throws SQLException {
        return switch (this) {
            case MYSQL -> Replica.create(source, SharedServers.mysql(), database);
            case MARIADB -> Replica.create(source, SharedServers.mariaDb(), database);
            case VTGATE -> throughVtGate(source, "lookup", "");
            case SHARDED_VTGATE -> throughVtGate(source, "replica", "?checkpoint=lookup");
        };
    }

    private static Replica throughVtGate(VitessCluster cluster, String keyspace, String parameters)
            throws SQLException {
        try (Connection lookup = cluster.connect("lookup")) {
            for (List<@Nullable String> table : Sql.query(lookup, "SHOW TABLES")) {
                Sql.execute(lookup, "DROP TABLE `" + table.getFirst() + "`");
            }
        }
        MySqlServer checkpoints = cluster.tablet("lookup", "0", 0).mysqld();
        return Replica.in(cluster, checkpoints, "vt_lookup")
                .with("TRIBUTARY_SINK", "vitess://127.0.0.1:" + cluster.mysqlPort() + "/" + keyspace + parameters);
    }

    /** The tables that are carried: a sharded VTGate is at least once, so that keyless rows may be there twice. */
    List<String> tables() {
        return this == SHARDED_VTGATE ? EveryTable.KEYED : EveryTable.NAMES;
    }

    Comparison comparison(Replica replica) {
        VitessCluster source = replica.source();
        List<Database> target = this == SHARDED_VTGATE
                ? Comparison.shardsOf(source, "replica")
                : List.of(new Database(replica.target(), replica.database()));
        return new Comparison(Comparison.shardsOf(source, source.keyspace()), target);
    }
}
