package dev.tributary;

import dev.tributary.checkpoint.Lease;
import dev.tributary.checkpoint.ProcessName;
import dev.tributary.config.BufferSize;
import dev.tributary.config.ConnectionUrl;
import dev.tributary.config.Settings;
import dev.tributary.config.Settings.DropPolicy;
import dev.tributary.config.Settings.LostPosition;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.SourceTable;
import dev.tributary.sink.Sink;
import dev.tributary.sink.dynamodb.DynamoDbSink;
import dev.tributary.sink.mysql.MySqlSink;
import dev.tributary.sink.mysql.SchemaRules;
import dev.tributary.source.ShardSource;
import dev.tributary.source.dynamodb.DynamoDbSource;
import dev.tributary.source.vitess.VitessSource;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import java.util.Collection;
import java.util.List;
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
            if (source.hasManyKeyspaces() && isDynamoDb(settings)) {
                // tables that are moved between them would have to be copied over their items
                throw url.wrong("several keyspaces do not go into DynamoDB by one pipeline: run one for each"
                        + " (TRIBUTARY_PIPELINE), each with a prefix in TRIBUTARY_SINK where names are the same");
            }
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
            return new DynamoDbSource(vertx, url, settings.copy().parts(), isDynamoDb(settings));
        }
        Set<String> known = new TreeSet<>(VitessSource.schemes());
        known.addAll(DynamoDbSource.schemes());
        throw url.wrong("no source speaks '" + url.scheme() + "'; known are " + known);
    }

    /** @throws dev.tributary.record.PipelineException of kind SETTING if no sink speaks the URL's scheme */
    static Sink sink(Settings settings, Vertx vertx, MeterRegistry registry) {
        ConnectionUrl url = ConnectionUrl.ofSink(settings);
        Lease lease = new Lease(
                new ProcessName().text(),
                selection(ConnectionUrl.ofSource(settings)),
                settings.lease().duration());
        if (!isDynamoDb(settings)) {
            return new MySqlSink(vertx, url, settings.pipeline(), lease, SchemaRules.of(settings), registry);
        }
        if (settings.lostPosition() == LostPosition.RESNAPSHOT) {
            throw refused(
                    "TRIBUTARY_LOST_POSITION: 'resnapshot' is not there for DynamoDB: where changes are lost, start a new"
                            + " pipeline (TRIBUTARY_PIPELINE) into empty tables (a prefix in TRIBUTARY_SINK)");
        }
        if (settings.keyColumns().filter(keys -> !keys.isBlank()).isPresent()) {
            throw refused("TRIBUTARY_KEY_COLUMNS: into DynamoDB rows go by the source's own key alone");
        }
        if (settings.schemaDrops() == DropPolicy.APPLY) {
            throw refused(
                    "TRIBUTARY_SCHEMA_DROPS: 'apply' is not there for DynamoDB: 'keep' or 'stop', and delete the items"
                            + " yourself");
        }
        return new DynamoDbSink(
                vertx, url, settings.pipeline(), lease, settings.schema(), settings.schemaDrops(), registry);
    }

    private static PipelineException refused(String why) {
        return new PipelineException(Kind.SETTING, why);
    }

    private static boolean isDynamoDb(Settings settings) {
        return settings.sink().isPresent()
                && DynamoDbSink.schemes()
                        .contains(ConnectionUrl.ofSink(settings).scheme());
    }

    /** Tables whose copies can't be taken up in the middle. */
    static List<SourceTable> copiedAtOnce(Collection<SourceTable> tables, ShardSource source) {
        return tables.stream()
                .filter(table -> source.snapshot() && !table.isGone() && !table.elsewhere() && !source.resumable(table))
                .toList();
    }

    /** @throws dev.tributary.record.PipelineException of kind SETTING if the sink can't take a table that is copied at once */
    static void verifyCopies(Collection<SourceTable> copiedAtOnce, Sink sink) {
        for (SourceTable table : sink.rollsBack() ? List.<SourceTable>of() : copiedAtOnce) {
            throw refused("TRIBUTARY_SOURCE: table '" + table.id().name()
                    + "' can't be copied into DynamoDB: its copy can't be taken up in the middle, as it has "
                    + (table.key().isEmpty()
                            ? "no key"
                            : "an ENUM, SET or FLOAT in its key, or a key on the beginnings of values")
                    + "; leave it out (parameter 'exclude')");
        }
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
