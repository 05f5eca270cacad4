package dev.tributary.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.TributaryProcess;
import dev.tributary.servers.Await;
import dev.tributary.servers.DynamoDb;
import dev.tributary.servers.LoopbackPorts;
import dev.tributary.servers.MySqlServer;
import dev.tributary.servers.SharedServers;
import dev.tributary.servers.Sql;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A database that a pipeline fills from tables of DynamoDB, and the settings of that pipeline. */
final class Carried implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(Integer.getInteger("limit", 120));

    /** The one that {@code -Dtarget} names. */
    private final MySqlServer target =
            System.getProperty("target", "mysql").equals("mariadb") ? SharedServers.mariaDb() : SharedServers.mysql();

    private final String database;
    private final Connection connection;
    private final Map<String, String> environment = new TreeMap<>();

    private Carried(String database) throws SQLException {
        this.database = database;
        target.execute("DROP DATABASE IF EXISTS `" + database + "`", "CREATE DATABASE `" + database + "`");
        this.connection = target.connect(database);
        environment.put(
                "TRIBUTARY_SINK", "mysql://" + MySqlServer.USER + "@127.0.0.1:" + target.port() + "/" + database);
        environment.put("QUARKUS_MANAGEMENT_HOST", "127.0.0.1");
        environment.put("QUARKUS_MANAGEMENT_PORT", String.valueOf(LoopbackPorts.next()));
        environment.put("TRIBUTARY_RETRY_DELAY", "100MS");
    }

    static Carried of(String database, String tables, String parameters) throws SQLException {
        return new Carried(database)
                .with("TRIBUTARY_SOURCE", SharedServers.dynamoDb().url(tables, parameters));
    }

    static Carried of(String database, URI endpoint, String tables, String parameters) throws SQLException {
        return new Carried(database).with("TRIBUTARY_SOURCE", DynamoDb.url(endpoint, tables, parameters));
    }

    Carried with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    TributaryProcess start(String... flags) {
        return process("run", flags).start();
    }

    TributaryProcess.Start process(String verb, String... flags) {
        List<String> arguments = new ArrayList<>(List.of(verb));
        arguments.addAll(List.of(flags));
        TributaryProcess.Start start = TributaryProcess.of(arguments.toArray(String[]::new));
        environment.forEach(start::with);
        return start.java("-Xmx256m");
    }

    /** Runs the pipeline until all is there that was at the source before. */
    void catchUp() {
        try (TributaryProcess pipeline = start("--until", "caught-up")) {
            assertThat(pipeline.exitCode(LIMIT)).as(() -> said(pipeline)).isZero();
        }
    }

    static void await(String what, TributaryProcess pipeline, Await.Condition condition) {
        Await.until(
                what + ", or the pipeline ended",
                LIMIT,
                () -> !pipeline.isAlive() || condition.holds(),
                () -> said(pipeline));
        assertThat(pipeline.isAlive())
                .as(() -> "waiting until " + what + ":\n" + said(pipeline))
                .isTrue();
    }

    static String said(TributaryProcess pipeline) {
        return String.join("\n", pipeline.errors());
    }

    void execute(String sql) throws SQLException {
        Sql.execute(connection, sql);
    }

    List<List<@Nullable String>> query(String sql) throws SQLException {
        return Sql.query(connection, sql);
    }

    /** The one number that a query answers with; 0 while a table is not there yet. */
    long number(String sql) throws SQLException {
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

    long rows(String table) throws SQLException {
        return number("SELECT COUNT(*) FROM `" + table + "`");
    }

    /** Whether the snapshot of a table is over, so that its changes are followed. */
    boolean follows(String table) throws SQLException {
        return number("SELECT COUNT(*) FROM tributary_checkpoint WHERE keyspace = '" + table
                        + "' AND shard = 'snapshot' AND state = 'closed'")
                == 1;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
