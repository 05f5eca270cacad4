package dev.tributary.source.vitess;

import dev.tributary.config.ConnectionUrl;
import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.ShardId;
import dev.tributary.record.SourceTable;
import dev.tributary.servers.VEvents;
import dev.tributary.servers.VStreamServer;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;

/** What tests of streams from a scripted VTGate have in common. */
abstract class VStreamFixture {
    static final SourceTable ORDERS = Told.table("orders", "id");

    /** Ends with the JVM. */
    private static final Vertx VERTX = Vertx.vertx();

    final Context context = VERTX.getOrCreateContext();
    private final List<VitessSource> sources = new ArrayList<>();
    private final List<VStreamServer> servers = new ArrayList<>();

    @AfterEach
    void closeAll() {
        sources.forEach(source -> source.close().await().indefinitely());
        servers.forEach(VStreamServer::close);
    }

    VStreamServer started(VStreamServer server) {
        servers.add(server);
        return server;
    }

    /** @param format a URL with {@code %d} for the port */
    VitessSource source(int port, String format) {
        VitessSource source = new VitessSource(
                VERTX,
                ConnectionUrl.parse("TRIBUTARY_SOURCE", format.formatted(port), Optional.empty()),
                1_000_000,
                1 << 20);
        sources.add(source);
        return source;
    }

    VitessSource source(VStreamServer server) {
        return source(server.port(), "vitess://127.0.0.1:%d/commerce");
    }

    /** Follows the changes of {@code orders} from transaction 3 on. */
    OpenStream changes(VitessSource source, boolean greedy) {
        return changes(source, "-80", greedy);
    }

    OpenStream changes(VitessSource source, String shard, boolean greedy) {
        ShardId id = new ShardId(VEvents.KEYSPACE, shard);
        return new OpenStream(
                context,
                greedy,
                listener -> source.changes(id, Told.at(3), List.of(), List.of(ORDERS), Told.at(3), context, listener));
    }

    OpenStream copy(VitessSource source, PartCheckpoint part) {
        return new OpenStream(
                context, true, listener -> source.copy(Told.SHARD, part, ORDERS, null, context, listener));
    }
}
