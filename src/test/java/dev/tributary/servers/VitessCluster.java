package dev.tributary.servers;

import io.vertx.core.json.JsonObject;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A real Vitess cluster on free loopback ports: etcd, vtctld, VTGate, and a mysqld with a vttablet per tablet. */
public final class VitessCluster implements AutoCloseable {
    private static final int FIRST_TABLET = 100;
    private static final Duration SERVING_LIMIT = Duration.ofSeconds(90);

    private final String keyspace;
    private final WorkDirectory work;
    private final VitessTools tools;
    private final Topology topology;
    private final Vtctld vtctld;
    private final VtGate vtgate;
    private final VitessMachine machine;
    private final List<VitessTablet> tablets = new ArrayList<>();

    private VitessCluster(String keyspace, WorkDirectory work, boolean durable) {
        this.keyspace = keyspace;
        this.work = work;
        this.tools = VitessTools.find();
        MySqlInstallation installation = MySqlInstallation.find();
        MySqlTemplate template = MySqlTemplate.with(installation, VitessMachine.USERS);
        this.topology = new Topology(tools, work);
        this.vtctld = new Vtctld(tools, topology, work);
        this.vtgate = new VtGate(tools, topology, work);
        this.machine = new VitessMachine(tools, installation, template, topology, work, durable);
    }

    public static VitessCluster start(String keyspace, String... shards) {
        WorkDirectory work = WorkDirectory.create("vitess");
        VitessCluster cluster;
        try {
            cluster = new VitessCluster(keyspace, work, false);
        } catch (RuntimeException e) {
            work.close();
            throw e;
        }
        try {
            cluster.launch(List.of(shards));
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private void launch(List<String> shards) {
        Parallel.run(this::launchTopology, () -> createTablets(shards));
        Parallel.map(List.copyOf(tablets), tablet -> {
            tablet.launch();
            return tablet;
        });
        vtctld.process().awaitReady();
        Parallel.map(
                shards,
                shard -> vtctl(
                        "PlannedReparentShard",
                        keyspace + "/" + shard,
                        "--new-primary",
                        tablets.get(shards.indexOf(shard)).alias()));
        vtgate.process().launch().awaitReady();
        awaitServing();
    }

    private void launchTopology() {
        topology.etcd().launch().awaitReady();
        Vtctl direct = topology.direct(tools);
        topology.addCell(direct);
        vtctld.process().launch();
        direct.run("CreateKeyspace", "--durability-policy=none", keyspace);
    }

    private void createTablets(List<String> shards) {
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < shards.size(); i++) {
            numbers.add(i);
        }
        tablets.addAll(
                Parallel.map(numbers, i -> VitessTablet.create(machine, keyspace, shards.get(i), FIRST_TABLET + i)));
    }

    /** Waits until VTGate reaches the primary of every shard. */
    public void awaitServing() {
        for (String shard : shards()) {
            Await.until(
                    "VTGate reaches the primary of " + keyspace + "/" + shard,
                    SERVING_LIMIT,
                    () -> {
                        try (Connection connection = connect(keyspace + ":" + shard + "@primary")) {
                            return !Sql.query(connection, "SELECT 1").isEmpty();
                        }
                    },
                    vtgate.process()::logTail);
        }
    }

    public List<String> shards() {
        LinkedHashSet<String> shards = new LinkedHashSet<>();
        tablets.forEach(tablet -> shards.add(tablet.shard()));
        return List.copyOf(shards);
    }

    public int grpcPort() {
        return vtgate.grpcPort();
    }

    public int mysqlPort() {
        return vtgate.mysqlPort();
    }

    public String jdbcUrl(String target) {
        return vtgate.jdbcUrl(target);
    }

    public Connection connect() throws SQLException {
        return connect(keyspace);
    }

    public Connection connect(String target) throws SQLException {
        return DriverManager.getConnection(jdbcUrl(target));
    }

    public void execute(String... statements) throws SQLException {
        try (Connection connection = connect()) {
            Sql.execute(connection, statements);
        }
    }

    public List<List<@Nullable String>> query(String sql) throws SQLException {
        try (Connection connection = connect()) {
            return Sql.query(connection, sql);
        }
    }

    /** Runs a command of vtctldclient and returns what it printed. */
    public String vtctl(String... arguments) {
        return Vtctl.through(tools, vtctld.grpcPort()).run(arguments);
    }

    /** Replaces the keyspace's VSchema and waits until VTGate goes by it. */
    public void applyVSchema(String json) throws SQLException {
        vtctl("ApplyVSchema", "--vschema", json, keyspace);
        List<String> expected = new JsonObject(json)
                .getJsonObject("tables", new JsonObject()).fieldNames().stream()
                        .sorted()
                        .toList();
        Await.until(
                "VTGate knows the tables " + expected,
                SERVING_LIMIT,
                () -> expected.equals(query("SHOW VSCHEMA TABLES").stream()
                        .map(List::getFirst)
                        .filter(table -> !"dual".equals(table))
                        .sorted()
                        .toList()),
                () -> "");
    }

    /** The mysqld of a shard's primary, for SQL past VTGate: the database is {@code vt_} and the keyspace's name. */
    public MySqlServer mysqldOf(String shard) {
        return tablets.stream()
                .filter(tablet -> tablet.shard().equals(shard))
                .findFirst()
                .orElseThrow()
                .mysqld();
    }

    @Override
    public void close() {
        vtgate.process().close();
        tablets.forEach(VitessTablet::kill);
        vtctld.process().close();
        topology.etcd().close();
        work.close();
    }
}
