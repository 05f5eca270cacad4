package dev.tributary.bench;

import dev.tributary.servers.MySqlServer;
import dev.tributary.servers.Sql;
import dev.tributary.servers.VitessCluster;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A real Vitess of two shards, durable, with the tables of the benchmark and one of markers. */
final class Source implements AutoCloseable {
    static final String KEYSPACE = "commerce";
    /** What the shards' mysqlds call it. */
    static final String DATABASE = "vt_" + KEYSPACE;

    static final String MARKER_DDL =
            "CREATE TABLE marker (id bigint NOT NULL, owner bigint NOT NULL, PRIMARY KEY (id))";

    private static final String VINDEX = "{\"columnVindexes\": [{\"column\": \"owner\", \"name\": \"hash\"}]}";

    private static final List<String> TABLES = Stream.concat(
                    BenchTable.ALL.stream().map(BenchTable::name), Stream.of("marker"))
            .toList();

    private final VitessCluster cluster;
    private final List<String> created = new ArrayList<>(TABLES);
    /** An owner in each shard. */
    private final List<Long> owners;

    private long markers;

    private Source(VitessCluster cluster, List<Long> owners) {
        this.cluster = cluster;
        this.owners = owners;
    }

    static Source start() throws SQLException {
        VitessCluster cluster = VitessCluster.builder()
                .keyspace(KEYSPACE, "-80", "80-")
                .durable()
                .mysqldFlags("--innodb-buffer-pool-size=1G", "--innodb-log-file-size=256M")
                .start();
        try {
            for (BenchTable table : BenchTable.ALL) {
                cluster.execute(table.ddl());
            }
            cluster.execute(MARKER_DDL);
            applyVSchema(cluster, TABLES);
            return new Source(cluster, ownerByShard(cluster));
        } catch (SQLException | RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    /** Makes further tables, sharded by {@code owner} like the others. */
    void create(List<String> tables, String definition) throws SQLException {
        created.addAll(tables);
        applyVSchema(cluster, created);
        cluster.execute(tables.stream()
                .map(table -> "CREATE TABLE " + table + " (" + definition + ")")
                .toArray(String[]::new));
    }

    private static void applyVSchema(VitessCluster cluster, List<String> tables) {
        String all = String.join("\": " + VINDEX + ", \"", tables);
        cluster.applyVSchema("{\"sharded\": true, \"vindexes\": {\"hash\": {\"type\": \"hash\"}}, \"tables\": {\"" + all
                + "\": " + VINDEX + "}}");
    }

    private static List<Long> ownerByShard(VitessCluster cluster) throws SQLException {
        for (int owner = 1; owner <= 16; owner++) {
            cluster.execute("INSERT INTO marker (id, owner) VALUES (" + -owner + ", " + owner + ")");
        }
        List<Long> owners = new ArrayList<>();
        for (String shard : cluster.shards()) {
            owners.add(Long.parseLong(String.valueOf(cluster.mysqldOf(shard)
                    .query("SELECT MIN(owner) FROM " + DATABASE + ".marker")
                    .getFirst()
                    .getFirst())));
        }
        return owners;
    }

    /** By owner, from 0 on, the place of the shard among all that its first row is in. */
    List<Integer> shardsOf(int owners) throws SQLException {
        Integer[] shards = new Integer[owners];
        List<MySqlServer> mysqlds = mysqlds();
        String ids = IntStream.range(0, owners)
                .mapToObj(owner -> Long.toString(BenchTable.id(owner, 0)))
                .collect(Collectors.joining(", "));
        for (int shard = 0; shard < mysqlds.size(); shard++) {
            for (List<@Nullable String> row : mysqlds.get(shard)
                    .query("SELECT owner FROM " + DATABASE + "."
                            + BenchTable.ALL.getFirst().name() + " WHERE id IN (" + ids + ")")) {
                shards[Integer.parseInt(String.valueOf(row.getFirst()))] = shard;
            }
        }
        return List.of(shards);
    }

    VitessCluster cluster() {
        return cluster;
    }

    /** Inserts a row in every shard, behind all that was committed before, and returns their keys. */
    List<Long> mark() throws SQLException {
        List<Long> ids = new ArrayList<>();
        try (Connection connection = cluster.connect()) {
            for (int shard = 0; shard < owners.size(); shard++) {
                ids.add(insertMarker(connection));
            }
        }
        return ids;
    }

    /** Inserts a row, in each shard in turn, and returns its key. */
    synchronized long insertMarker(Connection connection) throws SQLException {
        long id = ++markers;
        long owner = owners.get((int) (id % owners.size()));
        Sql.execute(connection, "INSERT INTO marker (id, owner) VALUES (" + id + ", " + owner + ")");
        return id;
    }

    /** Of each table the number of rows and a sum over all values. */
    Map<String, String> digest() throws SQLException {
        Map<String, String> digests = new TreeMap<>();
        for (BenchTable table : BenchTable.ALL) {
            long rows = 0;
            long sum = 0;
            for (String shard : cluster.shards()) {
                try (Connection connection = cluster.mysqldOf(shard).connect(DATABASE)) {
                    List<String> answer = texts(connection, table.digestSql());
                    rows += Long.parseLong(answer.get(0));
                    sum += Long.parseLong(answer.get(1));
                }
            }
            digests.put(table.name(), rows + " rows, sum " + sum);
        }
        return digests;
    }

    static List<String> texts(Connection connection, String sql) throws SQLException {
        return Sql.query(connection, sql).getFirst().stream()
                .map(String::valueOf)
                .toList();
    }

    /** Every process of the source, each shard's servers and those that all share. */
    List<Long> pids() {
        List<Long> pids = new ArrayList<>(List.of(
                cluster.etcd().pid(), cluster.vtctld().pid(), cluster.vtgate().pid()));
        for (MySqlServer mysqld : mysqlds()) {
            pids.add(mysqld.pid());
        }
        for (String shard : cluster.shards()) {
            pids.add(cluster.primary(shard).vttablet().pid());
        }
        return pids;
    }

    List<MySqlServer> mysqlds() {
        return cluster.shards().stream().map(cluster::mysqldOf).toList();
    }

    @Override
    public void close() {
        cluster.close();
    }
}
