package dev.tributary.diff;

import dev.tributary.config.SettingsReader;
import dev.tributary.endtoend.Replica;
import dev.tributary.servers.MySqlServer;
import dev.tributary.servers.VitessCluster;
import io.smallrye.config.EnvConfigSource;
import io.vertx.core.Vertx;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A keyspace and a database that hold the same by the same SQL, past Vitess and past the pipeline, until a test says otherwise. */
final class Compared {
    private static final String SESSION =
            "SET sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES', time_zone = '+00:00', foreign_key_checks = 0"
                    + " /*!80000 , cte_max_recursion_depth = 10000000 */ /*M! , max_recursive_iterations = 10000000 */";
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final Vertx VERTX = Vertx.vertx();

    private final VitessCluster source;
    private final Replica replica;
    private final Map<String, String> settings = new TreeMap<>();

    private Compared(VitessCluster source, Replica replica) {
        this.source = source;
        this.replica = replica;
    }

    static Compared create(VitessCluster source, MySqlServer target, String database) throws SQLException {
        source.resetKeyspace();
        return of(Replica.create(source, target, database));
    }

    /** What a pipeline fills. */
    static Compared of(Replica replica) {
        Compared compared = new Compared(replica.source(), replica);
        compared.settings.putAll(replica.environment());
        return compared;
    }

    Compared with(String variable, String value) {
        settings.put(variable, value);
        replica.with(variable, value);
        return this;
    }

    Replica replica() {
        return replica;
    }

    /** Makes a table on both sides. */
    Compared table(String name, String definition) throws SQLException {
        String sql = "CREATE TABLE `" + name + "` (" + definition + ")";
        for (String shard : source.shards()) {
            shard(shard, sql);
        }
        target(sql);
        return this;
    }

    /**
     * Inserts a query's rows on both sides: those with an even number on the first shard, the others on the second.
     *
     * @param select makes a row out of the numbers {@code n} of a table
     */
    Compared rows(String table, int count, String select) throws SQLException {
        shard(source.shards().get(0), insert(table, count, select) + " WHERE n % 2 = 0");
        shard(source.shards().get(1), insert(table, count, select) + " WHERE n % 2 = 1");
        rowsAtTheTarget(table, count, select);
        return this;
    }

    void rowsAtTheTarget(String table, int count, String select) throws SQLException {
        target(insert(table, count, select));
    }

    private static String insert(String table, int count, String select) {
        return "INSERT INTO `" + table + "` WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers"
                + " WHERE n < " + count + ") SELECT " + select + " FROM numbers";
    }

    void shard(String shard, String... statements) throws SQLException {
        source.mysqldOf(shard).execute(in("vt_" + source.keyspace(), statements));
    }

    void target(String... statements) throws SQLException {
        replica.target().execute(in(replica.database(), statements));
    }

    private static String[] in(String database, String... statements) {
        List<String> all = new ArrayList<>(List.of(SESSION, "USE `" + database + "`"));
        all.addAll(List.of(statements));
        return all.toArray(String[]::new);
    }

    DiffReport diff() {
        return diff(DiffOptions.defaults());
    }

    DiffReport diff(DiffOptions options) {
        List<String> messages = new ArrayList<>();
        return new Diff(
                        VERTX,
                        SettingsReader.read(builder -> builder.withSources(new EnvConfigSource(settings, 300))),
                        options,
                        messages::add)
                .run()
                .await()
                .atMost(LIMIT);
    }

    /** The report's lines but the last. */
    List<String> lines() {
        List<String> lines = diff().lines();
        return lines.subList(0, lines.size() - 1);
    }
}
