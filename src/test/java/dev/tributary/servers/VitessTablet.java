package dev.tributary.servers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One tablet of a cluster: a mysqld and the vttablet before it. */
public final class VitessTablet {
    private static final List<String> SMALL = List.of(
            "--performance-schema=OFF",
            "--innodb-buffer-pool-size=64M",
            "--innodb-print-all-deadlocks=OFF",
            "--table-open-cache=200",
            "--max-connections=500");

    /** On disk when asked for; a killed mysqld loses nothing, a machine without power would. */
    private static final List<String> QUICK =
            List.of("--sync-binlog=0", "--innodb-flush-log-at-trx-commit=2", "--innodb-doublewrite=OFF");

    private static final List<String> DURABLE = List.of("--sync-binlog=1", "--innodb-flush-log-at-trx-commit=1");

    private final String keyspace;
    private final String shard;
    private final int number;
    private final MySqlServer mysqld;
    private final ServerProcess process;

    private VitessTablet(String keyspace, String shard, int number, MySqlServer mysqld, ServerProcess process) {
        this.keyspace = keyspace;
        this.shard = shard;
        this.number = number;
        this.mysqld = mysqld;
        this.process = process;
    }

    /** Makes a tablet whose mysqld is starting and whose vttablet waits for {@link #launch}. */
    static VitessTablet create(VitessMachine machine, String keyspace, String shard) {
        int number = machine.nextTablet().getAndIncrement();
        List<String> flags = new ArrayList<>(SMALL);
        flags.addAll(machine.settings().durable() ? DURABLE : QUICK);
        flags.addAll(machine.settings().mysqldFlags());
        MySqlServer mysqld = MySqlServer.launchIn(
                machine.work().subdirectory("mysqld-" + number),
                "mysqld-" + number,
                machine.installation(),
                machine.template(),
                flags);
        ServerProcess process = vttablet(machine, keyspace, shard, number, mysqld);
        return new VitessTablet(keyspace, shard, number, mysqld, process);
    }

    private static ServerProcess vttablet(
            VitessMachine machine, String keyspace, String shard, int number, MySqlServer mysqld) {
        Path directory = machine.work().subdirectory("vttablet-" + number);
        Path files = mysqld.directory();
        int grpcPort = LoopbackPorts.next();
        List<String> flags = new ArrayList<>(machine.topology().flags());
        flags.addAll(List.of(
                "--tablet-path=" + alias(number),
                "--tablet-hostname=127.0.0.1",
                "--init-keyspace=" + keyspace,
                "--init-shard=" + shard,
                "--init-tablet-type=replica",
                "--bind-address=127.0.0.1",
                "--port=" + LoopbackPorts.next(),
                "--grpc-bind-address=127.0.0.1",
                "--grpc-port=" + grpcPort,
                "--service-map=grpc-queryservice,grpc-tabletmanager,grpc-updatestream",
                "--mycnf-server-id=" + mysqld.port(),
                "--mycnf-socket-file=" + mysqld.socket(),
                "--mycnf-mysql-port=" + mysqld.port(),
                "--mycnf-data-dir=" + files.resolve("data"),
                "--mycnf-tmp-dir=" + directory,
                "--mycnf-bin-log-path=" + files.resolve("data").resolve("bin"),
                "--mycnf-pid-file=" + files.resolve("mysqld.pid"),
                "--mycnf-error-log-path=" + files.resolve("error.log"),
                "--mycnf-relay-log-path=" + files.resolve("data").resolve("relay"),
                "--db-socket=" + mysqld.socket(),
                "--health-check-interval=1s",
                "--grpc-max-message-size=67108864",
                "--logtostderr",
                "--log-structured=false"));
        flags.addAll(machine.settings().vttabletFlags());
        Map<String, String> environment = Map.of("VTROOT", directory.toString(), "VTDATAROOT", directory.toString());
        return new ServerProcess(
                "vttablet-" + number,
                directory,
                machine.tools().command("vttablet", flags),
                environment,
                () -> LoopbackPorts.answers(grpcPort));
    }

    /** Starts the vttablet, once its mysqld and the topology answer. */
    void launch() {
        mysqld.awaitReady();
        process.launch().awaitReady();
    }

    public String keyspace() {
        return keyspace;
    }

    public String shard() {
        return shard;
    }

    /** The name that {@code vtctldclient} knows it by. */
    public String alias() {
        return alias(number);
    }

    int number() {
        return number;
    }

    public MySqlServer mysqld() {
        return mysqld;
    }

    /** The vttablet. */
    public ServerProcess vttablet() {
        return process;
    }

    /** Kills both, the vttablet first. */
    public void kill() {
        process.kill();
        mysqld.kill();
    }

    /** Starts both again on the same ports and data. */
    public void restart() {
        kill();
        mysqld.restart();
        process.restart();
    }

    @Override
    public String toString() {
        return keyspace + "/" + shard + " " + alias();
    }

    private static String alias(int number) {
        return String.format(Locale.ROOT, "%s-%010d", Topology.CELL, number);
    }
}
