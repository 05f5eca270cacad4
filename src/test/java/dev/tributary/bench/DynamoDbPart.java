package dev.tributary.bench;

import dev.tributary.servers.DynamoDb;
import dev.tributary.servers.LoopbackPorts;
import dev.tributary.servers.StreamsDouble;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.StreamViewType;

/**
 * Measures DynamoDB, by a DynamoDB Local in this process: a table's snapshot with nothing behind it beside the SDK's scan, rows that
 * are there already into a table beside the SDK's BatchWriteItem, a snapshot into a MySQL, and what the shards of an idle stream cost.
 */
final class DynamoDbPart {
    static final String SCAN = Part.DYNAMODB.word() + ", scan";
    static final String WRITE = Part.DYNAMODB.word() + ", batch writes";
    static final String SDK = "aws sdk";
    private static final String COPY = Part.DYNAMODB.word() + ", into MySQL";
    private static final String IDLE = Part.DYNAMODB.word() + ", idle stream";

    private static final String TABLE = "bench_items";
    private static final String STREAM = "bench_idle";
    private static final int SEGMENTS = 4;
    private static final int AT_ONCE = 5_000;
    private static final int IDLE_SHARDS = 10;
    private static final int IDLE_SECONDS = 30;
    /** What GetRecords costs in us-east-1, in USD of 2026; the other requests of a stream are free. */
    private static final double PRICE_OF_REQUEST = 0.02 / 100_000;

    private static final double HOURS_OF_MONTH = 730;
    static final Duration LIMIT = Duration.ofMinutes(20);

    private final Jvm jvm;
    private final DynamoDb local;
    private final Target target;
    private final int items;

    private DynamoDbPart(Jvm jvm, DynamoDb local, Target target, int items) {
        this.jvm = jvm;
        this.local = local;
        this.target = target;
        this.items = items;
    }

    static void run(BenchSettings settings, Jvm jvm, Results results) throws SQLException {
        try (Target target = Target.start(settings.flags());
                DynamoDb local = DynamoDb.start()) {
            DynamoDbPart part = new DynamoDbPart(jvm, local, target, settings.rows());
            part.fill();
            // before the batch writes: a DynamoDB Local that has written twice as much is slower
            if (settings.includes("tributary")) {
                for (int round = 1; round <= settings.rounds(); round++) {
                    results.measure(COPY, "tributary", round, part::copy);
                }
            }
            for (int round = 1; round <= settings.rounds(); round++) {
                for (String contestant : List.of("tributary", SDK)) {
                    if (settings.includes(contestant)) {
                        results.measure(SCAN, contestant, round, () -> part.scan(contestant));
                        results.measure(WRITE, contestant, round, () -> part.write(contestant));
                    }
                }
            }
            if (settings.includes("tributary")) {
                results.measure(IDLE, "tributary", 1, part::idle);
            }
        }
    }

    static String url(URI endpoint, String table) {
        return "dynamodb://" + DynamoDb.KEY + ":" + DynamoDb.SECRET + "@" + DynamoDb.REGION + "/" + table + "?endpoint="
                + endpoint;
    }

    private void fill() {
        Results.progress(String.format("%,d items are written", items));
        // the copy enables its stream; a DynamoDB Local takes twice as long to fill one that has it
        local.create(TABLE, "id");
        for (int from = 0; from < items; from += AT_ONCE) {
            List<Map<String, AttributeValue>> some = new ArrayList<>();
            for (int id = from; id < Math.min(items, from + AT_ONCE); id++) {
                some.add(item(id));
            }
            local.putAll(TABLE, some);
        }
    }

    /** Ten attributes, as the rows of the other parts have ten columns. */
    private static Map<String, AttributeValue> item(int id) {
        Map<String, AttributeValue> item = new HashMap<>();
        item.put("id", AttributeValue.fromS(String.format("item %08d", id)));
        item.put("customer", AttributeValue.fromN(String.valueOf(id * 7919L % 100_003)));
        item.put("amount", AttributeValue.fromN(id % 10_000 + "." + (10 + id % 90)));
        item.put("quantity", AttributeValue.fromN(String.valueOf(id % 100)));
        item.put("created", AttributeValue.fromN(String.valueOf(1_700_000_000_000L + id)));
        item.put("status", AttributeValue.fromS(id % 3 == 0 ? "shipped" : "paid"));
        item.put("name", AttributeValue.fromS("customer of item " + id));
        item.put("note", AttributeValue.fromS("a text of about forty characters, " + id));
        item.put("gift", AttributeValue.fromBool(id % 10 == 0));
        item.put("city", AttributeValue.fromS("city " + id % 500));
        return item;
    }

    private Map<String, Double> scan(String contestant) throws SQLException {
        return Measured.figures(
                contestant,
                jvm.own(ScanProgram.class, contestant, local.endpoint().toString(), TABLE, Integer.toString(SEGMENTS)),
                items);
    }

    /** Each round writes them anew. */
    private Map<String, Double> write(String contestant) throws SQLException {
        String prefix = contestant.substring(0, 3) + "_";
        for (String table : local.client().listTables().tableNames()) {
            if (table.startsWith(prefix)) {
                local.client().deleteTable(request -> request.tableName(table));
            }
        }
        Map<String, Double> figures = Measured.figures(
                contestant,
                jvm.own(
                        BatchWriteProgram.class,
                        contestant,
                        local.endpoint().toString(),
                        prefix,
                        Integer.toString(items)),
                items);
        long written = local.count(prefix + BatchWriteProgram.TABLE);
        if (written != items) {
            throw new IllegalStateException(written + " items were written, not " + items);
        }
        return figures;
    }

    /** Memory is flat if it is at the end what it is after a quarter, and after a half. */
    private Map<String, Double> copy() throws SQLException {
        target.clear();
        long empty = target.inserted();
        Map<String, Double> figures = new LinkedHashMap<>();
        try (BenchProcess process = start(url(local.endpoint(), TABLE) + "&segments=" + SEGMENTS)) {
            Watch.until("a quarter", process, LIMIT, 5, () -> target.inserted() >= empty + items / 4);
            figures.put("MB heap, a quarter copied", process.liveBytes() / 1e6);
            long first = target.inserted();
            long began = System.nanoTime();
            double cpu = ProcessCosts.cpuSeconds(process.pid());
            Watch.until("half of the rows", process, LIMIT, 5, () -> target.inserted() >= empty + items / 2);
            figures.put("MB heap, half copied", process.liveBytes() / 1e6);
            Watch.until("most rows", process, LIMIT, 5, () -> target.inserted() >= empty + items / 100 * 95L);
            long rest = target.inserted() - first;
            figures.put("rows/s", rest * 1e9 / (System.nanoTime() - began));
            figures.put("CPU-s/M rows", (ProcessCosts.cpuSeconds(process.pid()) - cpu) * 1e6 / rest);
            figures.put("MB heap, nearly all copied", process.liveBytes() / 1e6);
            figures.put("MB resident", ProcessCosts.residentBytes(process.pid()) / 1e6);
            Watch.until("every row", process, LIMIT, 20, () -> count() == items);
            process.stop();
        }
        return figures;
    }

    private long count() throws SQLException {
        return Long.parseLong(String.valueOf(target.server()
                .query("SELECT COUNT(*) FROM " + Target.DATABASE + "." + TABLE)
                .getFirst()
                .getFirst()));
    }

    /** With the polling periods that a stream has by default. Each shard that is read is asked for an iterator first. */
    private Map<String, Double> idle() throws SQLException {
        target.clear();
        local.createWithStream(STREAM, StreamViewType.NEW_AND_OLD_IMAGES, "id");
        Map<String, Double> figures = new LinkedHashMap<>();
        try (StreamsDouble streams = StreamsDouble.before(local)) {
            streams.stream(STREAM).split(IDLE_SHARDS);
            try (BenchProcess process = start(url(streams.endpoint(), STREAM))) {
                Watch.until(
                        "every shard is read",
                        process,
                        LIMIT,
                        50,
                        () -> streams.calls("GetShardIterator") >= IDLE_SHARDS);
                Watch.pause(IDLE_SECONDS * 1000 / 3);
                long records = streams.calls("GetRecords");
                long others = streams.calls("DescribeStream") + streams.calls("GetShardIterator");
                double cpu = ProcessCosts.cpuSeconds(process.pid());
                Watch.pause(IDLE_SECONDS * 1000);
                double hours = IDLE_SECONDS / 3600.0 * IDLE_SHARDS;
                double requests = (streams.calls("GetRecords") - records) / hours;
                figures.put("GetRecords/shard and hour", requests);
                figures.put(
                        "other requests/shard and hour",
                        (streams.calls("DescribeStream") + streams.calls("GetShardIterator") - others) / hours);
                figures.put("USD/shard and month", requests * PRICE_OF_REQUEST * HOURS_OF_MONTH);
                figures.put(
                        "CPU ms/s of each shard",
                        (ProcessCosts.cpuSeconds(process.pid()) - cpu) * 1e3 / IDLE_SECONDS / IDLE_SHARDS);
                process.stop();
            }
        }
        return figures;
    }

    private BenchProcess start(String url) {
        Map<String, String> environment = new HashMap<>(jvm.settings());
        environment.putAll(Map.of(
                "TRIBUTARY_SOURCE",
                url,
                "TRIBUTARY_SINK",
                Target.url(target.port()),
                "QUARKUS_MANAGEMENT_HOST",
                "127.0.0.1",
                "QUARKUS_MANAGEMENT_PORT",
                Integer.toString(LoopbackPorts.next())));
        return BenchProcess.start("tributary", new ArrayList<>(jvm.application("run")), environment);
    }
}
