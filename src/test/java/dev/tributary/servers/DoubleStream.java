package dev.tributary.servers;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The stream of one table in a {@link StreamsDouble}: its shards, and how they misbehave. */
public final class DoubleStream {
    private static final int MANY = 1000;

    private final String table;
    private final LocalRecords local = new LocalRecords();
    private final Map<String, DoubleShard> shards = new LinkedHashMap<>();
    private final List<DoubleShard> leaves = new ArrayList<>();
    private int nextShard;
    private long nextNumber = 1000;
    private int expired;
    private int shardsOfPage = 100;
    private int recordsOfPage = MANY;
    private int emptyPages;
    /** So many of a shard's records are told, and the rest not yet. */
    private int told = Integer.MAX_VALUE;
    /** Requests of any kind. */
    private long asked;

    private boolean busy;
    private boolean disabled;
    private boolean missing;
    /** Children that are not listed yet. */
    private final List<String> hidden = new ArrayList<>();

    /** When changes are made that are taken from now on, in seconds since 1970; 0 for what the Local says, in whole minutes. */
    private long made;

    DoubleStream(String table) {
        this.table = table;
        leaves.add(add(null));
    }

    private DoubleShard add(@Nullable String parent) {
        DoubleShard shard =
                new DoubleShard(String.format("shardId-%020d-%s", nextShard++, table.hashCode() & 255), parent);
        shards.put(shard.id, shard);
        return shard;
    }

    /** Ends every open shard; so many follow each. */
    public synchronized void split(int children) {
        for (DoubleShard shard : List.copyOf(leaves)) {
            close(shard);
            for (int i = 0; i < children; i++) {
                leaves.add(add(shard.id));
            }
        }
    }

    /** The same, but the last child of each is not listed before {@link #showAll}. */
    public synchronized void splitHiding(int children) {
        split(children);
        Map<String, String> last = new LinkedHashMap<>();
        leaves.forEach(shard -> last.put(String.valueOf(shard.parent), shard.id));
        hidden.addAll(last.values());
    }

    /** Leaves shards out of listings before {@link #showAll}. */
    public synchronized void hide(Collection<String> ids) {
        hidden.addAll(ids);
    }

    /** Names of those that go on. */
    public synchronized Set<String> openShards() {
        return leaves.stream().map(shard -> shard.id).collect(Collectors.toSet());
    }

    public synchronized void showAll() {
        hidden.clear();
    }

    private void close(DoubleShard shard) {
        shard.closed = true;
        leaves.remove(shard);
    }

    /** Ends every shard, and the stream: nothing follows. */
    public synchronized void disable() {
        disabled = true;
        List.copyOf(leaves).forEach(this::close);
    }

    /** Has it said that there is no such stream. */
    public synchronized void miss(boolean all) {
        missing = all;
    }

    /** Has every place forgotten that was given so far. */
    public synchronized void expireIterators() {
        expired++;
    }

    /** Has what there is forgotten. */
    public synchronized void trim() {
        shards.values().forEach(shard -> shard.trimmed = shard.records.size());
    }

    /** Has closed shards forgotten altogether. */
    public synchronized void forgetClosed() {
        shards.values().stream().filter(shard -> shard.closed).forEach(shard -> shard.forgotten = true);
    }

    public synchronized void pages(int shardsOfEach, int recordsOfEach, int emptyBetween) {
        shardsOfPage = shardsOfEach;
        recordsOfPage = recordsOfEach;
        emptyPages = emptyBetween;
    }

    public synchronized int shardCount() {
        return shards.size();
    }

    /** In the order of their making: one comes before those that follow it. */
    public synchronized List<String> shardIds() {
        return List.copyOf(shards.keySet());
    }

    /** How many changes were dealt out so far. */
    public synchronized int dealt() {
        return shards.values().stream().mapToInt(shard -> shard.records.size()).sum();
    }

    /** Has no more than so many records told of each shard, as if the rest came later; none is over before. */
    public synchronized void tellOnly(int records) {
        told = records;
    }

    /** Has each request for records refused. */
    public synchronized void refuse(boolean all) {
        busy = all;
    }

    /** How many requests came for this stream. */
    public synchronized long asked() {
        return asked;
    }

    /** How many of them were for a shard's records, or a place in it. */
    public synchronized long asked(String shard) {
        return shard(shard).asked;
    }

    /** Has changes that are read from now on be made at this time, in milliseconds since 1970. */
    public synchronized void madeAt(long millis) {
        made = millis / 1000;
    }

    /** Takes what is new in the Local's stream. */
    synchronized void take(String of, BiFunction<String, JsonObject, JsonObject> ask) {
        if (!disabled) {
            local.take(of, ask, this::deal);
        }
    }

    private void deal(JsonObject record) {
        JsonObject told = record.getJsonObject("dynamodb");
        // one item is always in the same of them, or in its children; the Local tells a key's attributes in any order
        int hash = new TreeMap<>(told.getJsonObject("Keys").getMap()).toString().hashCode();
        if (made > 0) {
            told.put("ApproximateCreationDateTime", made);
        }
        told.put("SequenceNumber", String.format("%021d", nextNumber++));
        leafOf(hash).records.add(record);
    }

    private DoubleShard leafOf(int hash) {
        DoubleShard shard = shards.values().iterator().next();
        int mixed = hash;
        while (shard.closed) {
            String parent = shard.id;
            List<DoubleShard> children = shards.values().stream()
                    .filter(child -> parent.equals(child.parent))
                    .toList();
            // each generation parts the keys in another way
            mixed = Integer.rotateLeft(mixed * 0x9E3779B1, 13);
            shard = children.get(Math.floorMod(mixed, children.size()));
        }
        return shard;
    }

    synchronized JsonObject answer(String operation, JsonObject request, String of) {
        asked++;
        if (missing) {
            throw new Refused(error("ResourceNotFoundException", "no stream " + of));
        }
        return switch (operation) {
            case "DescribeStream" -> describe(request, of);
            case "GetShardIterator" -> iterator(request, of);
            case "GetRecords" -> records(request);
            default -> throw new Refused(error("ValidationException", operation));
        };
    }

    private JsonObject describe(JsonObject request, String of) {
        List<DoubleShard> listed = shards.values().stream()
                .filter(shard -> !hidden.contains(shard.id) && !shard.forgotten)
                .toList();
        String after = request.getString("ExclusiveStartShardId");
        int from = 0;
        while (after != null && !listed.get(from++).id.equals(after)) {
            // looks on
        }
        int to = Math.min(listed.size(), from + shardsOfPage);
        JsonArray page = new JsonArray();
        for (DoubleShard shard : listed.subList(from, to)) {
            JsonObject numbers = new JsonObject().put("StartingSequenceNumber", "0");
            page.add(new JsonObject()
                    .put("ShardId", shard.id)
                    .put("SequenceNumberRange", shard.closed ? numbers.put("EndingSequenceNumber", "9") : numbers)
                    .put("ParentShardId", shard.parent));
        }
        JsonObject description = new JsonObject()
                .put("StreamArn", of)
                .put("StreamLabel", of.substring(of.lastIndexOf('/') + 1))
                .put("StreamStatus", disabled ? "DISABLED" : "ENABLED")
                .put("TableName", table)
                .put("Shards", page);
        if (to < listed.size()) {
            description.put("LastEvaluatedShardId", listed.get(to - 1).id);
        }
        return new JsonObject().put("StreamDescription", description);
    }

    private DoubleShard shard(String id) {
        DoubleShard shard = shards.get(id);
        if (shard == null || shard.forgotten) {
            throw new Refused(error("ResourceNotFoundException", "no shard " + id));
        }
        return shard;
    }

    private JsonObject iterator(JsonObject request, String of) {
        DoubleShard shard = shard(request.getString("ShardId"));
        shard.asked++;
        int place = shard.trimmed;
        if (request.getString("ShardIteratorType").equals("AFTER_SEQUENCE_NUMBER")) {
            String after = request.getString("SequenceNumber");
            // by the number itself, whatever follows it
            if (shard.trimmed > 0
                    && number(shard.records.get(shard.trimmed - 1)).compareTo(after) >= 0) {
                throw new Refused(error("TrimmedDataAccessException", "older than the horizon"));
            }
            place = 0;
            while (place < shard.records.size()
                    && number(shard.records.get(place)).compareTo(after) <= 0) {
                place++;
            }
        }
        return new JsonObject().put("ShardIterator", place(of, shard, place, 0));
    }

    private static String number(JsonObject record) {
        return record.getJsonObject("dynamodb").getString("SequenceNumber");
    }

    private String place(String of, DoubleShard shard, int record, int empty) {
        return of + "|" + shard.id + "|" + record + "|" + empty + "|" + expired;
    }

    static String arnOf(String iterator) {
        return iterator.substring(0, iterator.indexOf('|'));
    }

    private JsonObject records(JsonObject request) {
        String[] parts = request.getString("ShardIterator").split("\\|", -1);
        if (Integer.parseInt(parts[4]) != expired) {
            throw new Refused(error("ExpiredIteratorException", "too late"));
        }
        DoubleShard shard = shard(parts[1]);
        shard.asked++;
        if (busy) {
            throw new Refused(error("LimitExceededException", "slower"));
        }
        int from = Integer.parseInt(parts[2]);
        int empty = Integer.parseInt(parts[3]);
        if (from < shard.trimmed) {
            throw new Refused(error("TrimmedDataAccessException", "older than the horizon"));
        }
        boolean nothing = empty < emptyPages;
        int known = Math.min(shard.records.size(), told);
        int to = nothing ? from : Math.max(from, Math.min(known, from + recordsOfPage));
        JsonArray page = new JsonArray();
        shard.records.subList(from, to).forEach(page::add);
        JsonObject answer = new JsonObject().put("Records", page);
        if (!shard.closed || to < shard.records.size() || nothing) {
            boolean more = to < known;
            answer.put(
                    "NextShardIterator",
                    place(arnOf(parts[0] + "|"), shard, to, nothing ? empty + 1 : more ? 0 : empty));
        }
        return answer;
    }

    static JsonObject error(String type, String message) {
        return new JsonObject()
                .put("__type", type.contains("#") ? type : "com.amazonaws.dynamodb.v20120810#" + type)
                .put("message", message);
    }
}
