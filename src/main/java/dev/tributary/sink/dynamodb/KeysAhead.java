package dev.tributary.sink.dynamodb;

import dev.tributary.dynamodb.ItemDocument;
import dev.tributary.record.ChangeBatch;
import dev.tributary.record.ShardId;
import dev.tributary.record.StreamId;
import dev.tributary.sink.dynamodb.Writer.Permit;
import io.smallrye.mutiny.Uni;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jboss.logging.Logger;

/**
 * The keys that a copy is about to write, noted before it does. If it is broken off before its position is saved, these items are
 * there and the position does not know of them: a row that is deleted at the source before the copy comes to it again would stay for
 * ever, as a copy does not tell what is gone. So a claim deletes them, and the copy, which goes on at its position, brings all of
 * them that are still there. Safe for any thread.
 */
record KeysAhead(Entries entries, String pipeline, Writer writer) {
    private static final Logger LOG = Logger.getLogger(KeysAhead.class);
    /** Of an entry, in characters: with the rest of it less than an item may have. */
    private static final int MOST = 100_000;

    /** Notes the keys of a part's batch; tells in how many pieces. Fails as {@code FENCED} if another process has claimed it since. */
    Uni<Integer> note(ChangeBatch batch, long number, Collection<ItemWrite> writes) {
        StreamId stream = batch.stream();
        List<String> pieces = pieces(writes);
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < pieces.size(); i++) {
            numbers.add(i);
        }
        return Entries.forEach(
                        numbers,
                        piece -> entries.together(List.of(
                                        new EntryChange(EntryId.stream(pipeline, stream))
                                                .when("{epoch} = ?", batch.epoch()),
                                        new EntryChange(EntryId.ahead(pipeline, stream, batch.epoch(), number, piece))
                                                .set("table", stream.part().table())
                                                .set("part", stream.part().index())
                                                .set("epoch", batch.epoch())
                                                .set("number", number)
                                                .set("keys", pieces.get(piece))))
                                .invoke(done -> {
                                    if (!done) {
                                        throw ShardClaims.fenced(stream.shard(), batch.epoch());
                                    }
                                })
                                .replaceWithVoid())
                .replaceWith(pieces.size());
    }

    /** Those of puts; what is deleted or changed was there before, or is not there. */
    private static List<String> pieces(Collection<ItemWrite> writes) {
        List<String> pieces = new ArrayList<>();
        StringBuilder open = new StringBuilder();
        for (ItemWrite write : writes) {
            if (!(write instanceof ItemWrite.Put)) {
                continue;
            }
            open.append(open.isEmpty() ? "[" : ",")
                    .append('[')
                    .append(quoted(write.key().table()))
                    .append(',')
                    .append(ItemDocument.of(write.key().values(), false))
                    .append(']');
            if (open.length() > MOST) {
                pieces.add(open.append(']').toString());
                open = new StringBuilder();
            }
        }
        if (!open.isEmpty()) {
            pieces.add(open.append(']').toString());
        }
        return pieces;
    }

    private static String quoted(String name) {
        String array = new JsonArray().add(name).encode();
        return array.substring(1, array.length() - 1);
    }

    /** The batch's position is saved. */
    Uni<Void> forget(ChangeBatch batch, long number, int pieces) {
        List<EntryId> ids = new ArrayList<>();
        for (int piece = 0; piece < pieces; piece++) {
            ids.add(EntryId.ahead(pipeline, batch.stream(), batch.epoch(), number, piece));
        }
        return Entries.forEach(ids, entries::delete);
    }

    /**
     * Deletes the items that copies were about to write when they were broken off.
     *
     * @param parts the shard's, under the epoch of a claim that nothing was written under
     */
    Uni<Void> undo(ShardId shard, long epoch, List<Entry> parts, Permit permit) {
        return entries.query(EntryId.group(pipeline, shard), EntryId.AHEAD).flatMap(all -> {
            // those of a later claim are not this one's to undo
            List<Entry> noted =
                    all.stream().filter(entry -> entry.number("epoch") < epoch).toList();
            if (noted.isEmpty()) {
                return Uni.createFrom().voidItem();
            }
            Map<String, Entry> byName = new HashMap<>();
            parts.forEach(part -> byName.put(part.text("table") + "#" + part.number("part"), part));
            Map<ItemKey, ItemWrite> gone = new HashMap<>();
            for (Entry entry : noted) {
                Entry part = byName.get(entry.text("table") + "#" + entry.number("part"));
                if (part != null && isAhead(entry, part)) {
                    keys(entry).forEach(key -> gone.put(key, new ItemWrite.Delete(key)));
                }
            }
            if (!gone.isEmpty()) {
                LOG.infof(
                        "%s: %d items of copies that were broken off are deleted, to be copied again",
                        shard, gone.size());
            }
            return Uni.createFrom()
                    .completionStage(() -> writer.write(gone.values(), shard + " (what copies had begun)", permit)
                            .toCompletionStage())
                    .chain(() -> Entries.forEach(noted, entry -> entries.delete(entry.id())));
        });
    }

    private static boolean isAhead(Entry noted, Entry part) {
        long saved = part.number("saved_epoch");
        return noted.number("epoch") > saved
                || noted.number("epoch") == saved && noted.number("number") > part.number("saves");
    }

    private static List<ItemKey> keys(Entry noted) {
        List<ItemKey> keys = new ArrayList<>();
        for (Object one : new JsonArray(noted.text("keys"))) {
            JsonArray key = (JsonArray) one;
            keys.add(new ItemKey(key.getString(0), ItemDocument.key((JsonObject) key.getValue(1))));
        }
        return keys;
    }
}
