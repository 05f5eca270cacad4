package dev.tributary.sink.dynamodb;

import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Position;
import dev.tributary.record.ShardId;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Hands tables that came later over to their shard's change stream: each with all of its parts at once, as a part that is left behind
 * would keep the change stream from the rows of the others too. Safe for any thread.
 */
record LateTables(Entries entries, String pipeline, ShardClaims claims) {
    /** As {@link dev.tributary.checkpoint.CheckpointStore#join} says. */
    Uni<Void> join(ShardId shard, long epoch, Position at) {
        return verify(shard, epoch, at)
                .chain(() -> entries.query(EntryId.group(pipeline, shard), EntryId.PART))
                .flatMap(parts -> {
                    Map<String, List<Entry>> late = parts.stream()
                            .filter(part -> part.flag("late"))
                            .collect(Collectors.groupingBy(
                                    part -> part.text("table"), TreeMap::new, Collectors.toList()));
                    List<List<Entry>> copied = late.values().stream()
                            .filter(table -> table.stream().allMatch(part -> part.flag("copied")))
                            .toList();
                    Uni<Void> joined = Uni.createFrom().voidItem();
                    // one after the other: transactions on the same shard would be in each other's way
                    for (int i = 0; i < copied.size(); i++) {
                        List<Entry> table = copied.get(i);
                        boolean last = i == late.size() - 1;
                        joined = joined.chain(() -> join(shard, epoch, at, table, last));
                    }
                    return joined;
                });
    }

    /** @param last of those that the change stream goes on without */
    private Uni<Void> join(ShardId shard, long epoch, Position at, List<Entry> table, boolean last) {
        List<EntryChange> all = new ArrayList<>();
        EntryChange head = claims.held(shard, epoch).when("{position} = ?", at.text());
        all.add(last ? head.remove("late") : head);
        // no more than 16: a source cuts a table into no more key ranges
        for (Entry part : table) {
            all.add(new EntryChange(part.id()).set("late", false).when("{epoch} = ?", epoch));
        }
        return entries.together(all)
                .flatMap(done -> done
                        ? Uni.createFrom().voidItem()
                        : verify(shard, epoch, at).invoke(() -> {
                            throw ShardClaims.fenced(shard, epoch);
                        }));
    }

    private Uni<Void> verify(ShardId shard, long epoch, Position at) {
        return entries.get(EntryId.changes(pipeline, shard))
                .invoke(head -> {
                    if (head.number("epoch") != epoch) {
                        throw ShardClaims.fenced(shard, epoch);
                    }
                    if (!at.equals(head.position())) {
                        throw new PipelineException(
                                Kind.TRANSIENT, shard + ": the change stream does not stand at " + at);
                    }
                })
                .replaceWithVoid();
    }
}
