package dev.tributary;

import dev.tributary.config.ConnectionUrl;
import dev.tributary.config.Settings;
import dev.tributary.sink.Sink;
import dev.tributary.source.ShardSource;
import io.vertx.core.Vertx;

/** Makes the source and the sink that the settings name. */
final class Connectors {
    private Connectors() {}

    /** @throws dev.tributary.record.PipelineException of kind SETTING if no source speaks the URL's scheme */
    static ShardSource source(Settings settings, Vertx vertx) {
        ConnectionUrl url =
                ConnectionUrl.parse("TRIBUTARY_SOURCE", settings.source().orElseThrow(), settings.sourcePassword());
        throw url.wrong("no source speaks '" + url.scheme() + "'; known are vitess, planetscale");
    }

    /** @throws dev.tributary.record.PipelineException of kind SETTING if no sink speaks the URL's scheme */
    static Sink sink(Settings settings, Vertx vertx) {
        ConnectionUrl url =
                ConnectionUrl.parse("TRIBUTARY_SINK", settings.sink().orElseThrow(), settings.sinkPassword());
        throw url.wrong("no sink speaks '" + url.scheme() + "'; known are mysql, vitess");
    }
}
