package dev.tributary;

import dev.tributary.config.Settings;
import dev.tributary.record.ShardId;
import dev.tributary.record.SourceTable;
import dev.tributary.source.ShardSource;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;

/** The verb {@code check}: connects to both sides and prints what is there; changes nothing. */
final class CheckCommand {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private CheckCommand() {}

    static int run(Settings settings) {
        Vertx vertx = Vertx.vertx();
        try {
            ShardSource source = Connectors.source(settings, vertx);
            try {
                print(source);
            } finally {
                source.close().await().atMost(PATIENCE);
            }
            return 0;
        } finally {
            vertx.close();
        }
    }

    private static void print(ShardSource source) {
        List<ShardId> shards = source.shards().await().atMost(PATIENCE);
        shards.forEach(shard -> System.out.println("shard " + shard));
        for (SourceTable table : source.tables().await().atMost(PATIENCE)) {
            System.out.println("table " + table.id() + ", "
                    + (table.key().isEmpty() ? "no key: rows are appended" : "key " + String.join(", ", table.key())));
        }
    }
}
