package dev.tributary.sink.dynamodb;

import dev.tributary.checkpoint.ReshardText;
import dev.tributary.record.Position;
import dev.tributary.record.Reshard;
import dev.tributary.record.ShardId;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Opens shards that have the rows of those which have ended. One that is there already is fenced off first, while its parents wait and
 * nobody has planned it; every step holds only while they wait, and nobody has claimed or opened it since. So who stood still
 * meanwhile changes nothing, though the child may have come, ended and been forgotten. Safe for any thread.
 */
record ChildShards(Entries entries, String pipeline, ColumnEntries columns) {
    /** The epoch of one that is not there; of one that a claim has only made it is 0. */
    private static final long NOBODY = -1;

    /**
     * What children are opened with.
     *
     * @param carried the tables that they carry
     * @param waits a parent that has ended, and waits for them
     * @param known the columns that they inherit
     */
    record Legacy(Reshard reshard, Set<String> carried, ShardHead waits, List<ColumnEntries.Columns> known) {
        String text() {
            return ReshardText.of(reshard);
        }
    }

    /** Whether that is done, or needs not be; if not, somebody else has changed what this goes by. */
    Uni<Boolean> open(ShardId child, Position at, Legacy legacy) {
        EntryId id = EntryId.changes(pipeline, child);
        return entries.get(id).flatMap(found -> {
            if (!found.isThere()) {
                return fill(child, at, legacy, NOBODY);
            }
            ShardHead head = ShardHead.of(found);
            // or it has begun by itself, of parents of which some were nothing
            if (head.isOpenedBy(legacy.reshard()) || head.isBegun(legacy.reshard())) {
                return Uni.createFrom().item(true);
            }
            // for all that finish the same: they would fence each other off otherwise
            if (found.text("fenced_by").equals(legacy.text()) && found.number("fenced_epoch") == head.epoch()) {
                return fill(child, at, legacy, head.epoch());
            }
            long epoch = head.epoch() + 1;
            EntryChange unplanned = still(child, head.epoch());
            if (head.tables() == null) {
                unplanned.when("attribute_not_exists({tables})");
            }
            EntryChange fence = unplanned
                    .set("epoch", epoch)
                    .set("owner", "")
                    .set("fenced_by", legacy.text())
                    .set("fenced_epoch", epoch);
            return entries.together(List.of(waits(legacy), fence))
                    .flatMap(fenced -> fenced
                            ? fill(child, at, legacy, epoch)
                            : Uni.createFrom().item(false));
        });
    }

    /** What it inherits comes before it is open: who claims it then finds it. What there was of a copy goes. */
    private Uni<Boolean> fill(ShardId child, Position at, Legacy legacy, long epoch) {
        return entries.query(EntryId.group(pipeline, child), EntryId.PART).flatMap(parts -> {
            List<EntryChange> changes = new ArrayList<>();
            parts.forEach(part -> changes.add(new EntryChange(part.id()).delete()));
            legacy.known().forEach(table -> changes.add(columns.inherited(child, table)));
            Uni<Boolean> filled = Uni.createFrom().item(true);
            int room = Entries.MOST_CHANGES - 2;
            for (int from = 0; from < changes.size(); from += room) {
                List<EntryChange> some = new ArrayList<>(changes.subList(from, Math.min(changes.size(), from + room)));
                some.add(waits(legacy));
                some.add(still(child, epoch));
                filled = then(filled, some);
            }
            return then(filled, List.of(waits(legacy), known(child), opened(child, at, legacy, epoch)));
        });
    }

    private Uni<Boolean> then(Uni<Boolean> before, List<EntryChange> changes) {
        return before.flatMap(
                done -> done ? entries.together(changes) : Uni.createFrom().item(false));
    }

    private EntryChange opened(ShardId child, Position at, Legacy legacy, long epoch) {
        return still(child, epoch)
                .set("pipeline", pipeline)
                .set("keyspace", child.keyspace())
                .set("shard", child.shard())
                .set("state", ShardHead.OPEN)
                .set("owner", "")
                .set("epoch", Math.max(0, epoch) + 1)
                .set("position", at.text())
                .set("tables", ShardHead.json(legacy.carried()))
                .set("opened_by", legacy.text())
                .remove("reshard")
                .remove("late")
                .remove("saved_epoch")
                .remove("saves")
                .remove("fenced_by")
                .remove("fenced_epoch");
    }

    private EntryChange known(ShardId child) {
        return ShardHead.takenOut(new EntryChange(EntryId.known(pipeline, child)))
                .set("keyspace", child.keyspace())
                .set("shard", child.shard());
    }

    /** Holds while nobody has claimed or opened it since. */
    private EntryChange still(ShardId child, long epoch) {
        EntryChange change = new EntryChange(EntryId.changes(pipeline, child));
        return epoch == NOBODY ? change.when("attribute_not_exists({epoch})") : change.when("{epoch} = ?", epoch);
    }

    private EntryChange waits(Legacy legacy) {
        ShardHead parent = legacy.waits();
        return new EntryChange(EntryId.changes(pipeline, parent.shard()))
                .when("{state} = ? AND {reshard} = ?", ShardHead.ENDED, parent.reshard());
    }
}
