package dev.tributary.dynamodb;

import dev.tributary.TributaryProcess;
import dev.tributary.servers.DynamoDb;
import dev.tributary.servers.SharedServers;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import software.amazon.awssdk.services.dynamodb.model.StreamViewType;

/**
 * Shows a table of a DynamoDB Local carried into a MySQL: the snapshot under writes, a power cut in it, the changes, and whether
 * both sides are equal.
 *
 * @param heading tells of a new part
 * @param line tells the rest
 */
public record DynamoDbDemo(Consumer<String> heading, Consumer<String> line) {
    private static final String TABLE = "orders";
    private static final List<String> KEY = List.of("id", "sort");
    private static final int SEED = 20;

    /** What both sides come to, in words that end with "equal" if they are. */
    public String run(int items, Duration liveTime) throws Exception {
        heading.accept("Starting a DynamoDB Local and a MySQL");
        DynamoDb source = SharedServers.dynamoDb();
        source.createWithStream(TABLE, StreamViewType.NEW_AND_OLD_IMAGES, KEY.getFirst(), KEY.getLast());
        source.putAll(TABLE, ItemLoad.seed(items, SEED));
        line.accept(String.format(
                Locale.ROOT, "%,d items in table %s, whose attributes come, go and change their types", items, TABLE));
        try (Carried carried = Carried.of("replica", TABLE, "&segments=8").with("TRIBUTARY_BATCH_ROWS", "200")) {
            try (ItemLoad load = ItemLoad.start(source, TABLE, SEED + 1, items)) {
                copy(carried, items);
                follow(carried, load, liveTime);
            }
            heading.accept("Nobody writes any more: run --until caught-up");
            carried.catchUp();
            heading.accept("Comparing both sides item by item, value by value, past the pipeline");
            Map<String, String> there = Items.ofTarget(carried, TABLE, KEY);
            boolean equal = there.equals(Items.ofSource(source, TABLE, KEY));
            return String.format(Locale.ROOT, "1 table, %,d items, %s", there.size(), equal ? "equal" : "DIFFERENT");
        }
    }

    private void copy(Carried carried, int items) {
        heading.accept("Starting the pipeline while somebody puts, changes and deletes items");
        try (TributaryProcess pipeline = carried.start()) {
            Carried.await("some is copied", pipeline, () -> carried.rows(TABLE) > items / 4);
            pipeline.kill();
            heading.accept("SIGKILL in the middle of the snapshot: the process is gone as after a power cut");
        }
    }

    private void follow(Carried carried, ItemLoad load, Duration liveTime) throws Exception {
        line.accept("starting it again: each segment of the scan goes on where it was");
        try (TributaryProcess pipeline = carried.start()) {
            Carried.await("the snapshot is over", pipeline, () -> carried.follows(TABLE));
            heading.accept("Everything is copied; the stream is followed from where the snapshot began");
            long end = System.nanoTime() + liveTime.toNanos();
            long before = load.written();
            Carried.await("some time is over", pipeline, () -> System.nanoTime() > end);
            line.accept(String.format(
                    Locale.ROOT,
                    "%,d changes were made meanwhile, %,d rows are there",
                    load.written() - before,
                    carried.rows(TABLE)));
            pipeline.terminate();
            line.accept("SIGTERM: it saves what is under way and exits with " + pipeline.exitCode(Carried.LIMIT));
        }
    }
}
