package dev.tributary.servers;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * A real Vitess cluster on free loopback ports: etcd, vtctld, VTGate, and a mysqld with a vttablet per tablet. Several
 * can run side by side. It is gone, with its data, when it is closed or when this JVM ends in any way.
 *
 * <p>Where a method names no keyspace it means the first.
 */
public final class VitessCluster implements AutoCloseable {
    private final WorkDirectory work;
    private final VitessMachine machine;
    private final VtGate vtgate;
    private final SequencedMap<String, VitessKeyspace> keyspaces = new LinkedHashMap<>();

    private VitessCluster(VitessSettings settings, WorkDirectory work) {
        this.work = work;
        this.machine = VitessMachine.prepare(settings, work);
        this.vtgate = new VtGate(machine.tools(), machine.topology(), work, settings);
        settings.keyspaces().keySet().forEach(name -> keyspaces.put(name, new VitessKeyspace(machine, vtgate, name)));
    }

    public static VitessClusterBuilder builder() {
        return new VitessClusterBuilder();
    }

    /** Starts a cluster of one keyspace, with a primary per shard. */
    public static VitessCluster start(String keyspace, String... shards) {
        return builder().keyspace(keyspace, shards).start();
    }

    static VitessCluster start(VitessSettings settings) {
        WorkDirectory work = WorkDirectory.create("vitess");
        VitessCluster cluster;
        try {
            cluster = new VitessCluster(settings, work);
        } catch (RuntimeException e) {
            work.close();
            throw e;
        }
        try {
            cluster.launch(settings);
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private void launch(VitessSettings settings) {
        List<VitessShard> shards = new ArrayList<>();
        Parallel.run(
                () -> launchTopology(settings),
                () -> keyspaces.forEach((name, keyspace) ->
                        shards.addAll(keyspace.create(settings.keyspaces().getOrDefault(name, List.of())))));
        Parallel.run(shards, VitessShard::launch);
        vtgate.process().launch().awaitReady();
        for (VitessKeyspace keyspace : keyspaces.values()) {
            keyspace.awaitServing();
            if (keyspace.isSharded()) {
                keyspace.applyVSchema("{\"sharded\": true}");
            }
        }
    }

    private void launchTopology(VitessSettings settings) {
        Topology topology = machine.topology();
        topology.etcd().launch().awaitReady();
        Vtctl direct = topology.direct(machine.tools());
        topology.addCell(direct);
        machine.vtctld().process().launch();
        for (String name : settings.keyspaces().keySet()) {
            direct.run("CreateKeyspace", "--durability-policy=none", name);
        }
    }

    /** VTGate's port for gRPC: VStream and queries. */
    public int grpcPort() {
        return vtgate.grpcPort();
    }

    /** VTGate's port for MySQL clients. */
    public int mysqlPort() {
        return vtgate.mysqlPort();
    }

    /** The name of the first keyspace. */
    public String keyspace() {
        return keyspaces.firstEntry().getKey();
    }

    /** The names of the shards whose servers run. */
    public List<String> shards() {
        return shards(keyspace());
    }

    public List<String> shards(String keyspace) {
        return named(keyspace).shards().stream().map(VitessShard::name).toList();
    }

    /** The JDBC address of a target: {@code ks}, {@code ks:-80@primary}, {@code @replica}, or empty for none. */
    public String jdbcUrl(String target) {
        return vtgate.jdbcUrl(target);
    }

    /** A connection through VTGate. */
    public Connection connect() throws SQLException {
        return connect(keyspace());
    }

    public Connection connect(String target) throws SQLException {
        return vtgate.connect(target);
    }

    /** Runs each statement by itself, on one connection through VTGate. */
    public void execute(String... statements) throws SQLException {
        vtgate.execute(keyspace(), statements);
    }

    /** The rows of a query through VTGate, every value as text. */
    public List<List<@Nullable String>> query(String sql) throws SQLException {
        return vtgate.query(keyspace(), sql);
    }

    /** Replaces the VSchema and waits until VTGate goes by it. */
    public void applyVSchema(String json) {
        applyVSchema(keyspace(), json);
    }

    public void applyVSchema(String keyspace, String json) {
        named(keyspace).applyVSchema(json);
    }

    /** Drops all tables and views of every keyspace and empties the VSchemas. */
    public void resetKeyspace() throws SQLException {
        for (VitessKeyspace keyspace : keyspaces.values()) {
            keyspace.reset();
        }
    }

    /** Runs a command of vtctldclient, which must succeed, and returns what it printed. */
    public String vtctl(String... arguments) {
        return machine.vtctl().run(arguments);
    }

    /** The certificates of a cluster with TLS. */
    public TestCertificates certificates() {
        return vtgate.certificates();
    }

    public ServerProcess etcd() {
        return machine.topology().etcd();
    }

    public ServerProcess vtctld() {
        return machine.vtctld().process();
    }

    public ServerProcess vtgate() {
        return vtgate.process();
    }

    /** A tablet of a shard; number 0 is the primary at the start. */
    public VitessTablet tablet(String shard, int index) {
        return tablet(keyspace(), shard, index);
    }

    public VitessTablet tablet(String keyspace, String shard, int index) {
        return named(keyspace).shard(shard).tablets().get(index);
    }

    /** The tablet that is a shard's primary now. */
    public VitessTablet primary(String shard) {
        return named(keyspace()).shard(shard).primary();
    }

    /**
     * The mysqld of a shard's primary, for SQL past VTGate: the database is {@code vt_} and the keyspace's name. A
     * table that is made here is unknown to the vttablet.
     */
    public MySqlServer mysqldOf(String shard) {
        return primary(shard).mysqld();
    }

    /** Waits until VTGate reaches every primary and every other tablet that runs. */
    public void awaitServing() {
        keyspaces.values().forEach(VitessKeyspace::awaitServing);
    }

    /** Makes a replica of a shard its primary while both run, and waits until VTGate knows. */
    public void plannedReparent(String shard) {
        named(keyspace()).shard(shard).plannedReparent();
    }

    /** Makes a replica of a shard its primary although the old one is gone: takes some 15 s. */
    public void emergencyReparent(String shard) {
        named(keyspace()).shard(shard).emergencyReparent();
    }

    /** Starts a reshard and leaves its further steps to the caller. */
    public Reshard startReshard(List<String> from, List<String> to) {
        return Reshard.start(machine, named(keyspace()), from, to);
    }

    /** Replaces shards by others of the same key ranges, from start to end. */
    public void reshard(List<String> from, List<String> to) {
        startReshard(from, to).awaitCopied().switchTraffic().complete();
    }

    /** Starts to move tables to another keyspace, and leaves the further steps to the caller. */
    public MoveTables startMoveTables(String from, String to, String tables) {
        return MoveTables.start(machine, from, to, tables);
    }

    /** Adds a keyspace to the running cluster, and waits until it is served. */
    public void addKeyspace(String name, String... shards) {
        machine.vtctl().run("CreateKeyspace", "--durability-policy=none", name);
        VitessKeyspace keyspace = new VitessKeyspace(machine, vtgate, name);
        keyspaces.put(name, keyspace);
        keyspace.add(List.of(shards));
        keyspace.awaitServing();
    }

    /** Runs each statement by itself, in a keyspace. */
    public void executeIn(String keyspace, String... statements) throws SQLException {
        vtgate.execute(keyspace, statements);
    }

    /** The rows of a query through VTGate in a keyspace, every value as text. */
    public List<List<@Nullable String>> queryIn(String keyspace, String sql) throws SQLException {
        return vtgate.query(keyspace, sql);
    }

    @Override
    public void close() {
        vtgate.process().close();
        keyspaces
                .values()
                .forEach(keyspace -> keyspace.forget(
                        keyspace.shards().stream().map(VitessShard::name).toList()));
        machine.vtctld().process().close();
        machine.topology().etcd().close();
        work.close();
    }

    private VitessKeyspace named(String keyspace) {
        VitessKeyspace known = keyspaces.get(keyspace);
        if (known == null) {
            throw new IllegalArgumentException("no keyspace " + keyspace + " but " + keyspaces.keySet());
        }
        return known;
    }
}
