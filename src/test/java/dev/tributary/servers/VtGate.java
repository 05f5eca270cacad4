package dev.tributary.servers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The proxy that clients of a cluster talk to. */
final class VtGate {
    private final int grpcPort = LoopbackPorts.next();
    private final int mysqlPort = LoopbackPorts.next();
    private final ServerProcess process;

    VtGate(VitessTools tools, Topology topology, WorkDirectory work) {
        Path directory = work.subdirectory("vtgate");
        List<String> flags = new ArrayList<>(topology.flags());
        flags.addAll(List.of(
                "--cell=" + Topology.CELL,
                "--cells-to-watch=" + Topology.CELL,
                "--tablet-types-to-wait=PRIMARY",
                "--tablet-refresh-interval=1s",
                "--service-map=grpc-vtgateservice",
                "--bind-address=127.0.0.1",
                "--port=" + LoopbackPorts.next(),
                "--grpc-bind-address=127.0.0.1",
                "--grpc-port=" + grpcPort,
                "--mysql-server-port=" + mysqlPort,
                "--mysql-server-bind-address=127.0.0.1",
                "--mysql-auth-server-impl=none",
                "--grpc-max-message-size=67108864",
                "--logtostderr"));
        this.process = new ServerProcess(
                "vtgate",
                directory,
                tools.command("vtgate", flags),
                Map.of(),
                () -> LoopbackPorts.answers(grpcPort) && LoopbackPorts.answers(mysqlPort));
    }

    int grpcPort() {
        return grpcPort;
    }

    int mysqlPort() {
        return mysqlPort;
    }

    ServerProcess process() {
        return process;
    }

    String jdbcUrl(String target) {
        return "jdbc:mysql://127.0.0.1:" + mysqlPort + "/" + encoded(target) + "?user=test&sslMode=DISABLED";
    }

    private static String encoded(String target) {
        return target.replace(":", "%3A").replace("@", "%40").replace("/", "%2F");
    }
}
