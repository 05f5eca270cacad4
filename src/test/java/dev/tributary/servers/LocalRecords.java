package dev.tributary.servers;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What comes of a DynamoDB Local's own stream, for a {@link DoubleStream}, which guards it. */
final class LocalRecords {
    private String arn = "";
    /** Where it goes on. */
    private @Nullable String iterator;
    /** Whether anything came from there. */
    private boolean taken;

    /**
     * Takes what is new.
     *
     * @param of the stream
     * @param local answers an operation's request
     * @param each hears of each record
     */
    void take(String of, BiFunction<String, JsonObject, JsonObject> local, Consumer<JsonObject> each) {
        if (!arn.equals(of)) {
            arn = of;
            iterator = begin(local);
        }
        while (iterator != null) {
            JsonArray records = next(iterator, local);
            for (int i = 0; i < records.size(); i++) {
                each.accept(records.getJsonObject(i));
            }
            if (records.isEmpty()) {
                return;
            }
        }
    }

    private JsonArray next(String from, BiFunction<String, JsonObject, JsonObject> local) {
        JsonObject page;
        try {
            page = local.apply("GetRecords", new JsonObject().put("ShardIterator", from));
        } catch (Refused refused) {
            if (taken || !refused.json().getString("__type", "").contains("TrimmedDataAccess")) {
                throw refused;
            }
            // now and then it says so of the place that it gave before the first record
            iterator = begin(local);
            return new JsonArray();
        }
        iterator = page.getString("NextShardIterator");
        JsonArray records = page.getJsonArray("Records");
        taken |= !records.isEmpty();
        return records;
    }

    private String begin(BiFunction<String, JsonObject, JsonObject> local) {
        JsonObject described = local.apply("DescribeStream", new JsonObject().put("StreamArn", arn))
                .getJsonObject("StreamDescription");
        String shard = described.getJsonArray("Shards").getJsonObject(0).getString("ShardId");
        taken = false;
        return local.apply(
                        "GetShardIterator",
                        new JsonObject()
                                .put("StreamArn", arn)
                                .put("ShardId", shard)
                                .put("ShardIteratorType", "TRIM_HORIZON"))
                .getString("ShardIterator");
    }
}
