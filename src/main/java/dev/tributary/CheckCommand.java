package dev.tributary;

import dev.tributary.config.ConnectionUrl;
import dev.tributary.config.Settings;
import dev.tributary.record.KnownShards;
import dev.tributary.record.ShardId;
import dev.tributary.record.SourceTable;
import dev.tributary.route.TableRouter;
import dev.tributary.sink.Sink;
import dev.tributary.source.ShardSource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The verb {@code check}: connects to both sides and prints what is there; changes nothing. */
final class CheckCommand {
    private CheckCommand() {}

    /** Both sides are checked, whether or not the first is as it should be; how they fit together, if both are. */
    static int run(Settings settings) {
        Vertx vertx = Vertx.vertx();
        List<SourceTable> tables = new ArrayList<>();
        List<SourceTable> copiedAtOnce = new ArrayList<>();
        Set<String> identities = new HashSet<>();
        int source = code(() -> source(settings, vertx, tables, copiedAtOnce, identities));
        int sink = code(() -> sink(settings, vertx, tables, copiedAtOnce, identities));
        return Math.max(source, sink);
    }

    private static int code(Runnable side) {
        try {
            side.run();
            return 0;
        } catch (RuntimeException e) {
            return Failures.report(e);
        }
    }

    private static void source(
            Settings settings,
            Vertx vertx,
            List<SourceTable> found,
            List<SourceTable> copiedAtOnce,
            Set<String> identities) {
        ShardSource source = Connectors.source(settings, vertx);
        Answer.of("TRIBUTARY_SOURCE", source.open());
        System.out.println(
                "source " + ConnectionUrl.ofSource(settings) + ": " + Answer.of("TRIBUTARY_SOURCE", source.version()));
        for (ShardId shard :
                Answer.of("TRIBUTARY_SOURCE", source.shards(KnownShards.NONE)).running()) {
            System.out.println("shard " + shard);
        }
        for (SourceTable table : Answer.of("TRIBUTARY_SOURCE", source.tables())) {
            found.add(table);
            System.out.println("table " + table.id() + ", "
                    + (table.key().isEmpty() ? "no key: rows are appended" : "key " + String.join(", ", table.key())));
        }
        copiedAtOnce.addAll(Connectors.copiedAtOnce(found, source));
        identities.addAll(source.identities());
        source.warnings().forEach(System.out::println);
        Answer.of("TRIBUTARY_SOURCE", source.close());
    }

    /** @param tables those of the source; none if they were not found */
    private static void sink(
            Settings settings,
            Vertx vertx,
            List<SourceTable> tables,
            List<SourceTable> copiedAtOnce,
            Set<String> identities) {
        Sink sink = Connectors.sink(settings, vertx, new SimpleMeterRegistry());
        Answer.of("TRIBUTARY_SINK", sink.check()).forEach(line -> System.out.println("target " + line));
        Connectors.verifyCopies(copiedAtOnce, sink);
        sink.avoid(identities);
        Answer.of("TRIBUTARY_SINK", sink.verify(new TableRouter(settings).targetsOf(tables)));
        Answer.of("TRIBUTARY_SINK", sink.close());
    }
}
