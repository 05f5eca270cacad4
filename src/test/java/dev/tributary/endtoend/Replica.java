package dev.tributary.endtoend;

import dev.tributary.TributaryProcess;
import dev.tributary.comparison.Comparison;
import dev.tributary.comparison.Report;
import dev.tributary.servers.LoopbackPorts;
import dev.tributary.servers.MySqlServer;
import dev.tributary.servers.Sql;
import dev.tributary.servers.VitessCluster;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A database that a pipeline fills from a cluster's first keyspace, and the settings of that pipeline. */
public final class Replica {
    private final VitessCluster source;
    private final MySqlServer target;
    private final String database;
    private final int managementPort = LoopbackPorts.next();
    private final Map<String, String> environment = new TreeMap<>();
    private final List<String> javaOptions = new ArrayList<>(List.of("-Xmx512m"));

    private @Nullable Connection connection;

    private Replica(VitessCluster source, MySqlServer target, String database) {
        this.source = source;
        this.target = target;
        this.database = database;
        environment.put("TRIBUTARY_SOURCE", sourceUrl(""));
        // a start is not to fail because the machine is busy
        environment.put("TRIBUTARY_SINK", sinkUrl() + "?connect_timeout=60");
        environment.put("QUARKUS_MANAGEMENT_HOST", "127.0.0.1");
        environment.put("QUARKUS_MANAGEMENT_PORT", String.valueOf(managementPort));
    }

    /** Makes an empty database; one of that name is dropped. */
    public static Replica create(VitessCluster source, MySqlServer target, String database) throws SQLException {
        target.execute("DROP DATABASE IF EXISTS `" + database + "`", "CREATE DATABASE `" + database + "`");
        return new Replica(source, target, database);
    }

    /** On a database as it is. */
    public static Replica in(VitessCluster source, MySqlServer target, String database) {
        return new Replica(source, target, database);
    }

    /** Another pipeline into the same database, with ports of its own. */
    public Replica twin() {
        Replica twin = new Replica(source, target, database);
        twin.environment.putAll(environment);
        twin.environment.put("QUARKUS_MANAGEMENT_PORT", String.valueOf(twin.managementPort));
        twin.javaOptions.clear();
        twin.javaOptions.addAll(javaOptions);
        return twin;
    }

    /** Has it log in as a user of its own, by whom the target's triggers tell its transactions from others'. */
    public Replica as(String user) throws SQLException {
        target.execute("CREATE USER " + user, "GRANT ALL ON *.* TO " + user);
        environment.computeIfPresent(
                "TRIBUTARY_SINK", (name, url) -> url.replace("//" + MySqlServer.USER + "@", "//" + user + "@"));
        return this;
    }

    /** @param parameters further ones, as in {@code &tables=a} */
    public String sourceUrl(String parameters) {
        return "vitess://127.0.0.1:" + source.grpcPort() + "/" + source.keyspace() + "?mysql_port=" + source.mysqlPort()
                + parameters;
    }

    public String sinkUrl() {
        return "mysql://" + MySqlServer.USER + "@127.0.0.1:" + target.port() + "/" + database;
    }

    /** Sets a setting of all processes that are started from now on. */
    public Replica with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /** Adds flags of the JVM. */
    public Replica java(String... options) {
        javaOptions.addAll(List.of(options));
        return this;
    }

    /** Every environment variable that a process gets. */
    public Map<String, String> environment() {
        return Map.copyOf(environment);
    }

    /** A process that runs the pipeline, with further flags. */
    public TributaryProcess start(String... flags) {
        return process("run", flags).start();
    }

    /** A process of another verb. */
    public TributaryProcess.Start process(String verb, String... flags) {
        List<String> arguments = new ArrayList<>(List.of(verb));
        arguments.addAll(List.of(flags));
        TributaryProcess.Start start = TributaryProcess.of(arguments.toArray(String[]::new));
        environment.forEach(start::with);
        return start.java(javaOptions.toArray(String[]::new));
    }

    /** Runs the pipeline until all is there that was committed at the source before. */
    public void catchUp() {
        try (TributaryProcess pipeline = start("--until", "caught-up")) {
            int code = pipeline.exitCode(EndToEnd.LIMIT);
            if (code != 0) {
                throw new AssertionError(
                        "run --until caught-up ended with " + code + ":\n" + String.join("\n", pipeline.errors()));
            }
        }
    }

    /** The metrics of the process that runs, if one does. */
    public Metrics metrics() {
        return new Metrics(managementPort);
    }

    public Report compare() throws SQLException {
        return Comparison.of(source, target, database).run();
    }

    /** Rows of a query on the target, every value as text. On one connection, so that to look often costs little. */
    public synchronized List<List<@Nullable String>> query(String sql) throws SQLException {
        Connection open = connection;
        if (open == null || !open.isValid(5)) {
            open = target.connect(database);
            connection = open;
        }
        return Sql.query(open, sql);
    }

    /** The one number that a query on the target answers with; 0 while the table is not there yet. */
    public long number(String sql) throws SQLException {
        try {
            String text = query(sql).getFirst().getFirst();
            return text == null ? 0 : Long.parseLong(text);
        } catch (SQLException e) {
            if ("42S02".equals(e.getSQLState())) {
                return 0;
            }
            throw e;
        }
    }

    /** Changes that the process that runs has made durable; 0 while it doesn't answer. */
    public long carried() {
        return (long) metrics().sum("tributary_rows_total").orElse(0);
    }

    /** Rows that a table of the target has; 0 while it is not there yet. */
    public long rows(String table) throws SQLException {
        return number("SELECT COUNT(*) FROM `" + table + "`");
    }

    /** Parts of the snapshot that the checkpoint has and for which this holds, as in {@code state = 'copied'}. */
    public long parts(String where) throws SQLException {
        return number(
                "SELECT COUNT(*) FROM tributary_checkpoint WHERE shard <> '' AND source_table <> '' AND " + where);
    }

    /** Whether the snapshot is over and the process that runs reads the changes of every shard. */
    public boolean follows() throws SQLException {
        return follows(source.shards().size());
    }

    /** The same, where not every shard that runs is served. */
    public boolean follows(int shards) throws SQLException {
        return parts("state <> 'copied'") == 0
                && metrics().sum("tributary_ready").orElse(0) == shards
                && metrics().sum("tributary_parts").orElse(1) == 0;
    }

    public VitessCluster source() {
        return source;
    }

    public MySqlServer target() {
        return target;
    }

    public String database() {
        return database;
    }
}
