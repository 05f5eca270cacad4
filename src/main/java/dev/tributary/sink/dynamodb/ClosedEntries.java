package dev.tributary.sink.dynamodb;

import dev.tributary.checkpoint.OldShards;
import dev.tributary.record.ShardId;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Forgets the entries of old shards: each of them at once, and only while it is closed as it was read, and the process that forgets it
 * has the shard by whose right it does. Safe for any thread.
 *
 * @param clock the service's time, in milliseconds since 1970
 */
record ClosedEntries(Entries entries, String pipeline, ShardClaims claims, LongSupplier clock) {
    /** As {@link dev.tributary.checkpoint.CheckpointStore#forget} says. */
    Uni<Integer> forget(ShardId holder, long epoch, Uni<Map<ShardId, ShardHead>> heads, Set<ShardId> gone) {
        return heads.flatMap(known -> {
            long now = clock.getAsLong();
            List<OldShards.Over> over = known.values().stream()
                    .filter(head -> head.isOver() && head.shard().keyspace().equals(holder.keyspace()))
                    .map(head -> new OldShards.Over(head.shard(), head.isOld(now), head.reshard()))
                    .toList();
            List<ShardHead> old = OldShards.of(over, known.keySet(), gone).stream()
                    .map(one -> Objects.requireNonNull(known.get(one.shard())))
                    .toList();
            return Entries.each(old, this::entriesOf).flatMap(shards -> forget(holder, epoch, shards));
        });
    }

    /** What is kept of a shard, to be deleted while it is as it was read. */
    private Uni<List<EntryChange>> entriesOf(ShardHead head) {
        ShardId shard = head.shard();
        return entries.query(EntryId.group(pipeline, shard), EntryId.COLUMNS).map(columns -> {
            List<EntryChange> changes = new ArrayList<>(List.of(
                    new EntryChange(EntryId.changes(pipeline, shard))
                            .delete()
                            .when("{state} = ? AND {reshard} = ?", ShardHead.CLOSED, head.reshard()),
                    head.stillPutAway(new EntryChange(EntryId.known(pipeline, shard)).delete())));
            columns.forEach(table -> changes.add(new EntryChange(table.id()).delete()));
            return changes;
        });
    }

    /**
     * As many together as a transaction takes, and one transaction after the other: each checks an entry into which a stream that runs
     * saves its position with every batch, and one of both has to give way.
     *
     * @param shards the entries of each
     */
    private Uni<Integer> forget(ShardId holder, long epoch, List<List<EntryChange>> shards) {
        if (shards.isEmpty()) {
            return Uni.createFrom().item(0);
        }
        List<EntryChange> changes = new ArrayList<>(shards.getFirst());
        changes.add(claims.held(holder, epoch));
        int count = 1;
        while (count < shards.size() && changes.size() + shards.get(count).size() <= Entries.MOST_CHANGES) {
            changes.addAll(shards.get(count));
            count++;
        }
        List<List<EntryChange>> together = shards.subList(0, count);
        List<List<EntryChange>> rest = shards.subList(count, shards.size());
        return entries.once(changes)
                .flatMap(done -> done ? Uni.createFrom().item(together.size()) : unmet(holder, epoch, together))
                .flatMap(forgotten -> forget(holder, epoch, rest).map(more -> forgotten + more));
    }

    /** Another process has the holder, or a shard has changed since: that one is not to keep the others from being forgotten. */
    private Uni<Integer> unmet(ShardId holder, long epoch, List<List<EntryChange>> shards) {
        Uni<Void> held = entries.get(EntryId.changes(pipeline, holder))
                .invoke(head -> {
                    if (head.number("epoch") != epoch) {
                        throw ShardClaims.fenced(holder, epoch);
                    }
                })
                .replaceWithVoid();
        return shards.size() == 1
                ? held.replaceWith(0)
                : held.chain(() -> Entries.inTurn(shards, one -> forget(holder, epoch, List.of(one))))
                        .map(forgotten ->
                                forgotten.stream().mapToInt(Integer::intValue).sum());
    }
}
