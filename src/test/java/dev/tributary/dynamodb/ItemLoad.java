package dev.tributary.dynamodb;

import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromBool;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromN;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromNul;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import dev.tributary.servers.DynamoDb;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Somebody who puts, changes and deletes items of one table, until told to stop. Keys are {@code id} and {@code sort}. */
final class ItemLoad implements AutoCloseable {
    private final DynamoDb source;
    private final String table;
    private final Random random;
    private final int items;
    private final AtomicLong written = new AtomicLong();
    private final Thread thread;
    private volatile boolean ended;

    private ItemLoad(DynamoDb source, String table, long seed, int items) {
        this.source = source;
        this.table = table;
        this.random = new Random(seed);
        this.items = items;
        this.thread = Thread.ofPlatform().name("load " + table).unstarted(this::run);
    }

    static ItemLoad start(DynamoDb source, String table, long seed, int items) {
        ItemLoad load = new ItemLoad(source, table, seed, items);
        load.thread.start();
        return load;
    }

    long written() {
        return written.get();
    }

    private void run() {
        while (!ended) {
            int id = random.nextInt(2 * items);
            if (random.nextInt(4) == 0) {
                source.delete(table, key(id));
            } else {
                source.put(table, item(id, random));
            }
            written.incrementAndGet();
        }
    }

    static List<Map<String, AttributeValue>> seed(int items, long seed) {
        Random random = new Random(seed);
        List<Map<String, AttributeValue>> all = new ArrayList<>();
        for (int i = 0; i < items; i++) {
            all.add(item(i, random));
        }
        return all;
    }

    private static Map<String, AttributeValue> key(int id) {
        return Map.of("id", fromS("item " + id), "sort", fromS("s" + id % 7));
    }

    /** With attributes that come, go and change their types. */
    private static Map<String, AttributeValue> item(int id, Random random) {
        Map<String, AttributeValue> item = new HashMap<>(key(id));
        item.put("version", fromN(String.valueOf(random.nextLong())));
        item.put("note", fromS("ünïcode ☃ 🐟 \"'\\\n" + random.nextInt()));
        if (random.nextBoolean()) {
            item.put("price", fromN(random.nextInt(1_000_000) + "." + random.nextInt(1000)));
        }
        switch (random.nextInt(6)) {
            case 0 -> item.put("extra", fromBool(random.nextBoolean()));
            case 1 -> item.put("extra", fromN("1E" + (random.nextInt(200) - 100)));
            case 2 -> item.put("extra", fromS("text"));
            case 3 -> item.put("extra", fromNul(true));
            case 4 -> item.put("bytes", AttributeValue.fromB(SdkBytes.fromByteArray(new byte[] {0, -1, (byte) id})));
            default ->
                item.put(
                        "nested",
                        AttributeValue.fromM(Map.of(
                                "list",
                                AttributeValue.fromL(List.of(fromN("1.10"), fromS("x"), fromNul(true))),
                                "set",
                                AttributeValue.fromNs(List.of("1", "2.5")),
                                "Case",
                                fromBool(true))));
        }
        if (random.nextInt(10) == 0) {
            item.put("Note", fromS("differs in case"));
            item.put("attribute " + random.nextInt(20), fromN("12345678901234567890123456789012345678"));
        }
        return item;
    }

    @Override
    public void close() throws InterruptedException {
        ended = true;
        thread.join();
    }
}
