package dev.tributary;

import dev.tributary.checkpoint.Lease;
import dev.tributary.checkpoint.ProcessName;
import dev.tributary.config.BufferSize;
import dev.tributary.config.ConnectionUrl;
import dev.tributary.config.Settings;
import dev.tributary.sink.mysql.MySqlSink;
import dev.tributary.sink.mysql.SchemaRules;
import dev.tributary.source.vitess.VitessSource;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Makes the source and the sink that the settings name. */
final class Connectors {
    private Connectors() {}

    /** @throws dev.tributary.record.PipelineException of kind SETTING if no source speaks the URL's scheme */
    static VitessSource source(Settings settings, Vertx vertx) {
        ConnectionUrl url = ConnectionUrl.ofSource(settings);
        if (VitessSource.schemes().contains(url.scheme())) {
            long ahead = BufferSize.of(settings) / settings.copy().parts();
            VitessSource source = new VitessSource(vertx, url, settings.copy().rangeRows(), ahead);
            if (source.hasManyKeyspaces() && settings.table().isPresent()) {
                throw url.wrong("TRIBUTARY_TABLE is the target of one source table; name its keyspace alone");
            }
            return source;
        }
        throw url.wrong("no source speaks '" + url.scheme() + "'; known are " + VitessSource.schemes());
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
        return Stream.of("shards", "tables", "exclude")
                .flatMap(name -> source.parameter(name).map(value -> name + "=" + value).stream())
                .collect(Collectors.joining(
                        "&",
                        Stream.of(source.path().split(",")).sorted().collect(Collectors.joining(",", "", "?")),
                        ""));
    }
}
