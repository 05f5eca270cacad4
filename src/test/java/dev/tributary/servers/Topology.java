package dev.tributary.servers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The etcd that a cluster's programs find each other through, with its one cell. */
final class Topology {
    static final String CELL = "zone1";
    private static final String GLOBAL_ROOT = "/vitess/global";

    private final int port = LoopbackPorts.next();
    private final ServerProcess etcd;

    Topology(VitessTools tools, WorkDirectory work) {
        Path directory = work.subdirectory("etcd");
        String client = "http://" + address();
        String peer = "http://127.0.0.1:" + LoopbackPorts.next();
        List<String> command = tools.command(
                "server",
                List.of(
                        "--data-dir=" + directory.resolve("data"),
                        "--listen-client-urls=" + client,
                        "--advertise-client-urls=" + client,
                        "--listen-peer-urls=" + peer,
                        "--initial-advertise-peer-urls=" + peer,
                        "--initial-cluster=default=" + peer,
                        "--unsafe-no-fsync",
                        "--log-level=warn"));
        this.etcd = new ServerProcess("etcd", directory, command, Map.of(), () -> LoopbackPorts.answers(port));
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    ServerProcess etcd() {
        return etcd;
    }

    /** What every program of the cluster is started with. */
    List<String> flags() {
        return List.of(
                "--topo-implementation=etcd2",
                "--topo-global-server-address=" + address(),
                "--topo-global-root=" + GLOBAL_ROOT);
    }

    /** Has vtctldclient work on etcd itself, as long as there is no vtctld to ask. */
    Vtctl direct(VitessTools tools) {
        List<String> flags = new ArrayList<>(List.of("--server=internal"));
        flags.addAll(flags());
        return new Vtctl(tools, flags);
    }

    void addCell(Vtctl vtctl) {
        vtctl.run("AddCellInfo", "--root=/vitess/" + CELL, "--server-address=" + address(), CELL);
    }
}
