package dev.tributary.sink.dynamodb;

import dev.tributary.checkpoint.OldShards;
import dev.tributary.checkpoint.ReshardText;
import dev.tributary.record.ShardId;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Forgets the entries of old shards: each in one transaction, which holds only while it is closed as it was read, and the process
 * that forgets it has the shard by whose right it does. Safe for any thread.
 *
 * @param clock the service's time, in milliseconds since 1970
 */
record ClosedEntries(Entries entries, String pipeline, ShardClaims claims, LongSupplier clock) {
    /** As {@link dev.tributary.checkpoint.CheckpointStore#forget} says. */
    Uni<Integer> forget(ShardId holder, long epoch, Uni<Map<ShardId, ShardHead>> heads, Set<ShardId> gone) {
        return heads.flatMap(known -> {
            Map<ShardId, Set<ShardId>> closed = new HashMap<>();
            long now = clock.getAsLong();
            known.values().stream()
                    .filter(head -> head.isOld(now) && head.shard().keyspace().equals(holder.keyspace()))
                    .forEach(head -> closed.put(
                            head.shard(),
                            ReshardText.parse(head.reshard()).children().keySet()));
            List<ShardHead> old = OldShards.of(closed, known.keySet(), gone).stream()
                    .map(known::get)
                    .toList();
            return Entries.each(old, head -> forget(head, holder, epoch)).flatMap(done -> {
                int forgotten = Math.toIntExact(done.stream().filter(one -> one).count());
                return forgotten == old.size()
                        ? Uni.createFrom().item(forgotten)
                        : verify(holder, epoch).replaceWith(forgotten);
            });
        });
    }

    /** False if something of that has changed since, and nothing is forgotten. */
    private Uni<Boolean> forget(ShardHead head, ShardId holder, long epoch) {
        ShardId shard = head.shard();
        return entries.query(EntryId.group(pipeline, shard), EntryId.COLUMNS).flatMap(columns -> {
            List<EntryChange> changes = new ArrayList<>(List.of(
                    claims.held(holder, epoch),
                    new EntryChange(EntryId.changes(pipeline, shard))
                            .delete()
                            .when("{state} = ? AND {reshard} = ?", ShardHead.CLOSED, head.reshard()),
                    head.stillPutAway(new EntryChange(EntryId.known(pipeline, shard)).delete())));
            columns.forEach(table -> changes.add(new EntryChange(table.id()).delete()));
            return entries.together(changes);
        });
    }

    private Uni<Void> verify(ShardId holder, long epoch) {
        return entries.together(List.of(claims.held(holder, epoch)))
                .invoke(held -> {
                    if (!held) {
                        throw ShardClaims.fenced(holder, epoch);
                    }
                })
                .replaceWithVoid();
    }
}
