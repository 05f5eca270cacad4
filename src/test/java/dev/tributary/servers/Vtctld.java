package dev.tributary.servers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The server behind {@link Vtctl}. */
final class Vtctld {
    private final int grpcPort = LoopbackPorts.next();
    private final ServerProcess process;

    Vtctld(VitessTools tools, Topology topology, WorkDirectory work) {
        Path directory = work.subdirectory("vtctld");
        List<String> flags = new ArrayList<>(topology.flags());
        flags.addAll(List.of(
                "--cell=" + Topology.CELL,
                "--service-map=grpc-vtctl,grpc-vtctld",
                "--bind-address=127.0.0.1",
                "--port=" + LoopbackPorts.next(),
                "--grpc-bind-address=127.0.0.1",
                "--grpc-port=" + grpcPort,
                "--logtostderr",
                "--log-structured=false"));
        this.process = new ServerProcess(
                "vtctld", directory, tools.command("vtctld", flags), Map.of(), () -> LoopbackPorts.answers(grpcPort));
    }

    int grpcPort() {
        return grpcPort;
    }

    ServerProcess process() {
        return process;
    }
}
