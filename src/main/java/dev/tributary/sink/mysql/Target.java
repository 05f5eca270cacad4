package dev.tributary.sink.mysql;

import dev.tributary.config.ConnectionUrl;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.mysqlclient.MySQLConnectOptions;
import io.vertx.mysqlclient.SslMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the sink's URL says.
 *
 * @param name the target, without anything secret
 * @param schema the database, or the keyspace of a VTGate
 * @param vitess whether a VTGate is the target
 * @param namesShard whether one shard of the keyspace is the target
 * @param checkpointSchema where the checkpoints are if not in {@code schema}
 * @param connections how many batches are written at a time
 * @param checksTypes whether tables that exist must hold every value of the source
 * @param logs whether the server writes what it is told into its binlog
 * @param timeout how long the server may be silent while an answer is due
 */
public record Target(
        String name,
        String setting,
        String schema,
        boolean vitess,
        boolean namesShard,
        Optional<String> checkpointSchema,
        int connections,
        boolean checksTypes,
        boolean logs,
        Duration timeout,
        MySQLConnectOptions options) {
    /** Row counts are powers of two, so a table needs about eight statements; beyond this the oldest are closed. */
    private static final int STATEMENT_CACHE = 256;

    /** What is at the source must fit, its zero dates included. */
    static final String LENIENT = "NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION";

    /** And a value that does not fit is an error. */
    static final String STRICT = "STRICT_ALL_TABLES," + LENIENT;

    /** @throws dev.tributary.record.PipelineException of kind SETTING if the URL is not a target's */
    public static Target parse(ConnectionUrl url) {
        boolean vitess = switch (url.scheme()) {
            case "mysql" -> false;
            case "vitess" -> true;
            default -> throw url.wrong("a target is mysql://… or vitess://…, not " + url.scheme() + "://");
        };
        Set<String> allowed = new TreeSet<>(
                Set.of("connections", "tls", "ca", "cert", "key", "connect_timeout", "timeout", "schema_check"));
        if (vitess) {
            allowed.addAll(Set.of("target", "checkpoint"));
        } else {
            allowed.add("binlog");
        }
        url.allowOnly(allowed);
        String schema = url.path();
        String database = vitess ? schema + url.parameter("target").orElse("@primary") : schema;
        MySQLConnectOptions options = new MySQLConnectOptions()
                .setHost(url.host())
                .setPort(url.port(3306))
                .setDatabase(database)
                .setUser(url.user().orElse("root"))
                .setCharset("utf8mb4")
                .setCharacterEncoding("UTF-8")
                .setCachePreparedStatements(true)
                .setPreparedStatementCacheMaxSize(STATEMENT_CACHE)
                .setPreparedStatementCacheSqlFilter(sql -> !sql.startsWith(PartialRows.ONCE))
                .setPipeliningLimit(256);
        options.setTcpKeepAlive(true);
        options.setConnectTimeout(url.number("connect_timeout", 10, 1, 3600) * 1000);
        url.password().ifPresent(options::setPassword);
        tls(url, options);
        return new Target(
                url.toString(),
                url.setting(),
                schema,
                vitess,
                database.contains(":"),
                url.parameter("checkpoint"),
                url.number("connections", 4, 1, 256),
                checksTypes(url),
                url.flag("binlog", true),
                Duration.ofSeconds(url.number("timeout", 300, 1, 86_400)),
                options);
    }

    private static boolean checksTypes(ConnectionUrl url) {
        return switch (url.parameter("schema_check").orElse("strict")) {
            case "strict" -> true;
            case "off" -> false;
            case String other -> throw url.wrong("parameter 'schema_check' is strict or off, not '" + other + "'");
        };
    }

    private static void tls(ConnectionUrl url, MySQLConnectOptions options) {
        Optional<String> ca = file(url, "ca");
        Optional<String> cert = file(url, "cert");
        Optional<String> key = file(url, "key");
        switch (url.parameter("tls").orElse(ca.isPresent() ? "verify" : "preferred")) {
            case "disabled" -> options.setSslMode(SslMode.DISABLED);
            // encrypted, but to whom is not verified: so MySQL's own clients define both words
            case "preferred" -> options.setSslMode(SslMode.PREFERRED).setTrustAll(true);
            case "required" -> options.setSslMode(SslMode.REQUIRED).setTrustAll(true);
            case "verify" -> options.setSslMode(SslMode.VERIFY_IDENTITY).setHostnameVerificationAlgorithm("HTTPS");
            case String other ->
                throw url.wrong("parameter 'tls' is disabled, preferred, required or verify, not '" + other + "'");
        }
        ca.ifPresent(path -> options.setTrustOptions(new PemTrustOptions().addCertPath(path)));
        if (cert.isPresent() != key.isPresent()) {
            throw url.wrong("parameters 'cert' and 'key' are given both or neither");
        }
        if (cert.isPresent() && key.isPresent()) {
            options.setKeyCertOptions(
                    new PemKeyCertOptions().setCertPath(cert.get()).setKeyPath(key.get()));
        }
    }

    private static Optional<String> file(ConnectionUrl url, String parameter) {
        Optional<String> path = url.parameter(parameter);
        if (path.isPresent() && !Files.isReadable(Path.of(path.get()))) {
            throw url.wrong("parameter '" + parameter + "': can't read the file " + path.get());
        }
        return path;
    }

    /**
     * Sets what every transaction relies on, in one round trip.
     *
     * @param silence how long the server keeps a session that says nothing, and with it the locks of its transaction
     */
    String sessionSettings(boolean mariaDb, Duration silence) {
        String isolation = mariaDb ? "tx_isolation" : "transaction_isolation";
        // without autocommit, a deadlock in the middle of a pipeline can't make those behind it commit each by itself
        String settings = "SET autocommit = 0,"
                + " sql_mode = '" + STRICT + "',"
                + " time_zone = '+00:00',"
                + " foreign_key_checks = 0,"
                + " " + isolation + " = 'READ-COMMITTED'";
        return vitess
                ? settings
                // what the source has must fit here as well: its JSON may be deeper than MariaDB's own check allows
                : settings + (mariaDb ? ", check_constraint_checks = 0" : "")
                        + (logs ? "" : ", sql_log_bin = 0")
                        + ", unique_checks = 1, sql_safe_updates = 0, wait_timeout = " + silence.toSeconds()
                        + ", NAMES utf8mb4";
    }
}
