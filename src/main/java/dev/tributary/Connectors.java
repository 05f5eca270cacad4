package dev.tributary;

import dev.tributary.checkpoint.Lease;
import dev.tributary.checkpoint.ProcessName;
import dev.tributary.config.BufferSize;
import dev.tributary.config.ConnectionUrl;
import dev.tributary.config.Settings;
import dev.tributary.config.Settings.LostPosition;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.sink.mysql.MySqlSink;
import dev.tributary.sink.mysql.SchemaRules;
import dev.tributary.source.ShardSource;
import dev.tributary.source.dynamodb.DynamoDbSource;
import dev.tributary.source.vitess.VitessSource;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Makes the source and the sink that the settings name. */
final class Connectors {
    private Connectors() {}

    /** @throws dev.tributary.record.PipelineException of kind SETTING if no source speaks the URL's scheme */
    static ShardSource source(Settings settings, Vertx vertx) {
        ConnectionUrl url = ConnectionUrl.ofSource(settings);
        if (VitessSource.schemes().contains(url.scheme())) {
            long ahead = BufferSize.of(settings) / settings.copy().parts();
            VitessSource source = new VitessSource(vertx, url, settings.copy().rangeRows(), ahead);
            if (source.hasManyKeyspaces() && settings.table().isPresent()) {
                throw url.wrong("TRIBUTARY_TABLE is the target of one source table; name its keyspace alone");
            }
            return source;
        }
        if (DynamoDbSource.schemes().contains(url.scheme())) {
            if (settings.lostPosition() == LostPosition.RESNAPSHOT) {
                // what is gone there would have to be looked for in every item
                throw new PipelineException(
                        Kind.SETTING,
                        "TRIBUTARY_LOST_POSITION: 'resnapshot' is not there for DynamoDB: where changes are lost, start a new"
                                + " pipeline (TRIBUTARY_PIPELINE) into an empty target");
            }
            if (settings.keyColumns().filter(keys -> !keys.isBlank()).isPresent()) {
                // items of different keys change in no order
                throw new PipelineException(
                        Kind.SETTING, "TRIBUTARY_KEY_COLUMNS: items of DynamoDB are told apart by their own key alone");
            }
            return new DynamoDbSource(vertx, url, settings.copy().parts());
        }
        Set<String> known = new TreeSet<>(VitessSource.schemes());
        known.addAll(DynamoDbSource.schemes());
        throw url.wrong("no source speaks '" + url.scheme() + "'; known are " + known);
    }

    /** @throws dev.tributary.record.PipelineException of kind SETTING if no sink speaks the URL's scheme */
    static MySqlSink sink(Settings settings, Vertx vertx, MeterRegistry registry) {
        return new MySqlSink(
                vertx,
                ConnectionUrl.ofSink(settings),
                settings.pipeline(),
                new Lease(
                        new ProcessName().text(),
                        selection(ConnectionUrl.ofSource(settings)),
                        settings.lease().duration()),
                SchemaRules.of(settings),
                registry);
    }

    /** Only those that read the same share it. */
    private static String selection(ConnectionUrl source) {
        if (DynamoDbSource.schemes().contains(source.scheme())) {
            return DynamoDbSource.selection(source);
        }
        return Stream.of("shards", "tables", "exclude")
                .flatMap(name -> source.parameter(name).map(value -> name + "=" + value).stream())
                .collect(Collectors.joining(
                        "&",
                        Stream.of(source.path().split(",")).sorted().collect(Collectors.joining(",", "", "?")),
                        ""));
    }
}
