package dev.tributary.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.TributaryProcess;
import dev.tributary.endtoend.Metrics;
import dev.tributary.servers.Await;
import dev.tributary.servers.DynamoDb;
import dev.tributary.servers.LoopbackPorts;
import dev.tributary.servers.SharedServers;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;

/** Tables of DynamoDB that a pipeline fills, behind a prefix of their own, and the settings of that pipeline. */
final class DynamoTables {
    private final DynamoDb target = SharedServers.dynamoDb();
    private final String prefix;
    private final int port = LoopbackPorts.next();
    private final Map<String, String> environment = new TreeMap<>();

    /** @param source the pipeline's */
    DynamoTables(String prefix, String source) {
        this.prefix = prefix;
        for (String table : target.client().listTables().tableNames()) {
            if (table.startsWith(prefix)) {
                target.client().deleteTable(request -> request.tableName(table));
            }
        }
        environment.put("TRIBUTARY_SOURCE", source);
        environment.put("TRIBUTARY_SINK", url(target.endpoint(), ""));
        environment.put("QUARKUS_MANAGEMENT_HOST", "127.0.0.1");
        environment.put("QUARKUS_MANAGEMENT_PORT", String.valueOf(port));
        environment.put("TRIBUTARY_RETRY_DELAY", "100MS");
    }

    String url(URI endpoint, String parameters) {
        return "dynamodb://tributary:secret@us-east-1/" + prefix + "?endpoint=" + endpoint + parameters;
    }

    DynamoTables with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    TributaryProcess start(String... flags) {
        return process("run", flags).start();
    }

    TributaryProcess.Start process(String verb, String... flags) {
        List<String> arguments = new ArrayList<>(List.of(verb));
        arguments.addAll(List.of(flags));
        TributaryProcess.Start start = TributaryProcess.of(arguments.toArray(String[]::new));
        environment.forEach(start::with);
        return start.java("-Xmx256m");
    }

    void catchUp() {
        try (TributaryProcess pipeline = start("--until", "caught-up")) {
            assertThat(pipeline.exitCode(Carried.LIMIT))
                    .as(() -> Carried.said(pipeline))
                    .isZero();
        }
    }

    /** Runs until then, and kills it. */
    void killed(String when, Await.Condition condition) throws Exception {
        try (TributaryProcess pipeline = start()) {
            Carried.await(when, pipeline, condition);
            pipeline.kill();
        }
    }

    /** Every item; none while there is no such table. */
    List<Map<String, AttributeValue>> items(String table) {
        try {
            return target.scan(prefix + table);
        } catch (ResourceNotFoundException e) {
            return List.of();
        }
    }

    /** Parts of snapshots that are copied, or not. */
    long parts(boolean copied) {
        return items("tributary_checkpoint").stream()
                .filter(item -> value(item, "entry").s().startsWith("part "))
                .filter(item -> Boolean.TRUE.equals(value(item, "copied").bool()) == copied)
                .count();
    }

    /** Changes that the process that runs has made durable. */
    long carried() {
        return (long) new Metrics(port).sum("tributary_rows_total").orElse(0);
    }

    /** Whether nothing is left to be copied and so many shards are followed. */
    boolean follows(int shards) {
        Metrics metrics = new Metrics(port);
        return parts(false) == 0
                && metrics.sum("tributary_ready").orElse(0) == shards
                && metrics.sum("tributary_parts").orElse(1) == 0;
    }

    /** Shards in a state. */
    long shards(String state) {
        return items("tributary_checkpoint").stream()
                .filter(item -> value(item, "entry").s().equals("changes"))
                .filter(item -> value(item, "state").s().equals(state))
                .count();
    }

    /** An attribute that an item has. */
    static AttributeValue value(Map<String, AttributeValue> item, String name) {
        return Objects.requireNonNull(item.get(name), name);
    }
}
