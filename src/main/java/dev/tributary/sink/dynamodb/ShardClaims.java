package dev.tributary.sink.dynamodb;

import dev.tributary.checkpoint.ShardCheckpoint;
import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.PartId;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Position;
import dev.tributary.record.ShardId;
import dev.tributary.sink.dynamodb.Writer.Permit;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Takes shards over and plans them. A claim raises the epoch of the shard's change stream first, behind which nobody else adds parts, and
 * then that of each part: what is read of it from then on can't be changed by whoever had it before. Safe for any thread.
 *
 * @param asked the greatest epoch that this process has asked for, of each shard that it has not closed
 */
record ShardClaims(
        Entries entries,
        String pipeline,
        LeaseEntries leases,
        String owner,
        KeysAhead ahead,
        ConcurrentMap<ShardId, Long> asked) {
    private static final int ATTEMPTS = 5;

    /** @param permit says whether what copies have begun may still be deleted */
    Uni<ShardCheckpoint> claim(ShardId shard, Permit permit) {
        return register(shard)
                .chain(() -> take(shard, ATTEMPTS))
                .flatMap(head -> raised(head)
                        .flatMap(parts -> ahead.undo(shard, head.epoch(), parts, permit)
                                .replaceWith(checkpoint(head, head.epoch(), parts))));
    }

    private Uni<Void> register(ShardId shard) {
        EntryChange known = new EntryChange(EntryId.known(pipeline, shard));
        EntryChange head = new EntryChange(EntryId.changes(pipeline, shard))
                .set("pipeline", pipeline)
                .set("state", ShardHead.OPEN)
                .set("owner", owner)
                .set("epoch", 0)
                .when("attribute_not_exists({epoch})");
        return entries.change(named(known, shard))
                .chain(() -> entries.change(named(head, shard)))
                .replaceWithVoid();
    }

    private static EntryChange named(EntryChange change, ShardId shard) {
        return change.set("keyspace", shard.keyspace()).set("shard", shard.shard());
    }

    private Uni<ShardHead> take(ShardId shard, int attempts) {
        EntryId id = EntryId.changes(pipeline, shard);
        return entries.get(id)
                .map(ShardHead::of)
                .flatMap(head -> leases.mayTake(shard, head.isOpen() ? head.owner() : "")
                        // before it is: the answer may be lost
                        .invoke(() -> asked.merge(shard, head.epoch() + 1, Math::max))
                        .chain(() -> entries.change(new EntryChange(id)
                                .set("epoch", head.epoch() + 1)
                                .set("owner", owner)
                                .when("{epoch} = ? AND {owner} = ?", head.epoch(), head.owner())))
                        .flatMap(taken -> taken.isPresent()
                                ? Uni.createFrom().item(ShardHead.of(taken.get()))
                                : attempts > 1
                                        ? take(shard, attempts - 1)
                                        : Uni.createFrom()
                                                .failure(new PipelineException(
                                                        Kind.TRANSIENT,
                                                        "shard " + shard + ": others claim it at the same time"))));
    }

    /**
     * Gives a shard back that this process has, by the claims that it has made up to now: one that comes late does not free what was
     * claimed since.
     */
    Uni<Void> release(ShardId shard) {
        Long epoch = asked.get(shard);
        return epoch == null
                ? Uni.createFrom().voidItem()
                : entries.change(new EntryChange(EntryId.changes(pipeline, shard))
                                .set("owner", "")
                                .when("{owner} = ? AND {epoch} <= ?", owner, epoch))
                        .replaceWithVoid();
    }

    /** A shard that has come to its end has nobody who reads it. */
    void forget(ShardId shard) {
        asked.remove(shard);
    }

    /** The parts under the new epoch; what is left of a plan that was broken off is forgotten. */
    private Uni<List<Entry>> raised(ShardHead head) {
        return entries.query(EntryId.group(pipeline, head.shard()), EntryId.PART)
                .flatMap(parts -> Entries.each(parts, part -> raise(head, part)))
                .map(raised -> raised.stream()
                        .flatMap(Optional::stream)
                        .sorted(Comparator.comparing((Entry part) -> part.text("table"))
                                .thenComparing(part -> part.number("part")))
                        .toList());
    }

    private Uni<Optional<Entry>> raise(ShardHead head, Entry part) {
        if (!head.knows(part.text("table"))) {
            return entries.together(List.of(held(head.shard(), head.epoch()), new EntryChange(part.id()).delete()))
                    .map(done -> {
                        if (!done) {
                            throw fenced(head.shard(), head.epoch());
                        }
                        return Optional.empty();
                    });
        }
        return entries.change(
                        new EntryChange(part.id()).set("epoch", head.epoch()).when("{epoch} <= ?", head.epoch()))
                .map(raised -> {
                    if (raised.isEmpty()) {
                        throw fenced(head.shard(), head.epoch());
                    }
                    return raised;
                });
    }

    /** Holds while a shard has this epoch. */
    EntryChange held(ShardId shard, long epoch) {
        return new EntryChange(EntryId.changes(pipeline, shard)).when("{epoch} = ?", epoch);
    }

    /** What a claim would find. */
    Uni<ShardCheckpoint> look(ShardId shard) {
        return entries.get(EntryId.changes(pipeline, shard)).flatMap(found -> {
            if (!found.isThere()) {
                return Uni.createFrom().item(new ShardCheckpoint(shard, 1, null, null, List.of()));
            }
            ShardHead head = ShardHead.of(found);
            return entries.query(EntryId.group(pipeline, shard), EntryId.PART)
                    .map(parts -> checkpoint(
                            head,
                            head.epoch() + 1,
                            parts.stream()
                                    .filter(part -> head.knows(part.text("table")))
                                    .toList()));
        });
    }

    private static ShardCheckpoint checkpoint(ShardHead head, long epoch, List<Entry> parts) {
        return new ShardCheckpoint(
                head.shard(),
                epoch,
                head.position(),
                head.tables(),
                parts.stream().map(ShardClaims::part).toList(),
                head.isOver());
    }

    private static PartCheckpoint part(Entry entry) {
        return new PartCheckpoint(
                new PartId(entry.text("table"), Math.toIntExact(entry.number("part"))),
                entry.text("key_range"),
                entry.position(),
                entry.flag("copied"),
                entry.flag("late"));
    }

    /** All or nothing: more parts than a transaction takes are nobody's until the last one has named their tables. */
    Uni<Void> plan(
            ShardCheckpoint claimed, @Nullable Position changes, Set<String> tables, List<PartCheckpoint> added) {
        ShardId shard = claimed.shard();
        EntryChange head = held(shard, claimed.epoch())
                .set("tables", ShardHead.json(tables))
                .set("state", ShardHead.OPEN)
                // one that has come to its end since is not to be read again, however late this arrives
                .when("NOT {state} IN (?, ?)", ShardHead.ENDED, ShardHead.CLOSED);
        if (changes != null) {
            head.set("position", changes.text());
        }
        if (claimed.changes() != null && !added.isEmpty()) {
            head.set("late", true);
        }
        List<EntryChange> parts =
                added.stream().map(part -> added(claimed, part)).toList();
        int room = Entries.MOST_CHANGES - 1;
        Uni<Void> before = Uni.createFrom().voidItem();
        int from = 0;
        for (; parts.size() - from > room; from += room) {
            before = then(before, held(shard, claimed.epoch()), parts.subList(from, from + room), claimed);
        }
        return then(before, head, parts.subList(from, parts.size()), claimed);
    }

    private Uni<Void> then(Uni<Void> before, EntryChange head, List<EntryChange> parts, ShardCheckpoint claimed) {
        List<EntryChange> all = new ArrayList<>(parts);
        all.add(head);
        return before.chain(() -> entries.together(all))
                .invoke(done -> {
                    if (!done) {
                        throw fenced(claimed.shard(), claimed.epoch());
                    }
                })
                .replaceWithVoid();
    }

    private EntryChange added(ShardCheckpoint claimed, PartCheckpoint part) {
        EntryChange change = new EntryChange(EntryId.part(pipeline, claimed.shard(), part.id()))
                .set("table", part.id().table())
                .set("part", part.id().index())
                .set("key_range", part.range())
                .set("copied", false)
                .set("late", claimed.changes() != null)
                .set("epoch", claimed.epoch());
        return part.position() == null
                ? change
                : change.set("position", part.position().text());
    }

    /** Forgets tables; the shard too if nothing is left of it. */
    Uni<Void> leave(ShardCheckpoint claimed, Set<String> left) {
        ShardId shard = claimed.shard();
        ShardCheckpoint rest = claimed.without(left);
        EntryChange head = held(shard, claimed.epoch());
        if (rest.closed()) {
            head.set("state", ShardHead.FORGOTTEN)
                    .remove("tables")
                    .remove("position")
                    .remove("reshard");
        } else {
            head.set("tables", ShardHead.json(Objects.requireNonNull(rest.tables())));
        }
        if (rest.parts().stream().noneMatch(PartCheckpoint::late)) {
            head.remove("late");
        }
        // parts whose tables are not carried are nobody's
        return entries.change(head)
                .flatMap(done -> {
                    if (done.isEmpty()) {
                        throw fenced(shard, claimed.epoch());
                    }
                    return entries.query(EntryId.group(pipeline, shard), EntryId.PART);
                })
                .flatMap(parts -> Entries.forEach(
                        parts.stream()
                                .filter(part -> rest.closed() || left.contains(part.text("table")))
                                .toList(),
                        entries::delete));
    }

    /** What a stale owner is told. */
    static PipelineException fenced(ShardId shard, long epoch) {
        return new PipelineException(
                Kind.FENCED,
                "shard " + shard + ": epoch " + epoch
                        + " is over, another process has claimed the shard; no position was saved");
    }
}
