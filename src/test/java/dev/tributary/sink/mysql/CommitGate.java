package dev.tributary.sink.mysql;

import dev.tributary.servers.Await;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Stands before a MySQL server and holds COMMITs, which no server can be made to do. */
final class CommitGate implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** A packet of one command, as the client sends it. */
    private static final Buffer COMMIT =
            Buffer.buffer(new byte[] {7, 0, 0, 0, 3}).appendBytes("COMMIT".getBytes(StandardCharsets.US_ASCII));

    private final NetServer gate;
    private final List<Held> held = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    private record Held(NetSocket client, NetSocket server) {}

    CommitGate(Vertx vertx, int port) {
        this.gate = vertx.createNetServer().connectHandler(client -> {
            client.pause();
            vertx.createNetClient().connect(port, "127.0.0.1").onSuccess(server -> {
                server.handler(client::write);
                server.closeHandler(v -> client.close());
                client.closeHandler(v -> server.close());
                client.handler(packet -> {
                    if (closed && packet.equals(COMMIT)) {
                        held.add(new Held(client, server));
                    } else {
                        server.write(packet);
                    }
                });
                client.resume();
            });
        });
        gate.listen(0, "127.0.0.1").toCompletionStage().toCompletableFuture().join();
    }

    int port() {
        return gate.actualPort();
    }

    /** From now on. */
    void hold() {
        closed = true;
    }

    /** Returns once so many are held. */
    void awaitHeld(int commits) {
        Await.until(commits + " COMMITs are held", PATIENCE, () -> held.size() == commits, () -> held.size() + " are");
    }

    /** Lets them go, and those that come. */
    void release() {
        closed = false;
        held.forEach(one -> one.server().write(COMMIT));
        held.clear();
    }

    /** Ends the connections whose COMMIT is held, before the server has seen it; lets those go that come. */
    void cut() {
        closed = false;
        held.forEach(one -> one.client().close());
        held.clear();
    }

    @Override
    public void close() {
        gate.close();
    }
}
