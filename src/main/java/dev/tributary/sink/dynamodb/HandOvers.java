package dev.tributary.sink.dynamodb;

import dev.tributary.checkpoint.ReshardText;
import dev.tributary.checkpoint.ShardCheckpoint;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Position;
import dev.tributary.record.Reshard;
import dev.tributary.record.ShardId;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Ends shards and opens those that have their rows. There may be more of them than a transaction takes, so each step is one by itself
 * and may be made again: a shard is ended; once all are that end together, their children are opened, each once for a reshard; then the
 * ended ones are closed. A process that is gone in between has it finished by whoever looks next. No child is opened before every
 * parent's last change is durable, so the order of a row's changes holds. Safe for any thread.
 */
record HandOvers(Entries entries, String pipeline, ShardClaims claims, ColumnEntries columns) {
    /** A reshard that all parents have ended by, with what the children carry. */
    private record Due(Reshard reshard, Set<String> carried, ShardId told) {}

    /** Every shard that was ever claimed. */
    Uni<Map<ShardId, ShardHead>> heads() {
        return entries.query(EntryId.group(pipeline), EntryId.SHARD)
                .flatMap(known -> entries.getAll(known.stream()
                        .map(entry -> new ShardId(entry.text("keyspace"), entry.text("shard")))
                        .map(shard -> EntryId.changes(pipeline, shard))
                        .toList()))
                .map(found ->
                        found.stream().map(ShardHead::of).collect(Collectors.toMap(ShardHead::shard, head -> head)));
    }

    /** The same, once all is finished that was begun. */
    Uni<Map<ShardId, ShardHead>> settled() {
        return heads().flatMap(heads -> {
            return due(heads)
                    .map(due -> finish(due, heads).chain(this::settled))
                    .orElseGet(() -> Uni.createFrom().item(heads));
        });
    }

    /** As {@link dev.tributary.checkpoint.CheckpointStore#close} says. */
    Uni<Void> close(ShardId shard, long epoch, Reshard reshard, Set<String> kept) {
        return heads().flatMap(heads -> {
            ShardHead own = heads.get(shard);
            if (own == null || own.epoch() != epoch || !own.isOpen()) {
                throw ShardClaims.fenced(shard, epoch);
            }
            Set<String> finished = new HashSet<>(own.carried());
            finished.removeAll(reshard.unfinished());
            verify(shard, reshard, heads, finished, kept);
            return entries.change(claims.held(shard, epoch)
                            .set("state", ShardHead.ENDED)
                            .set("reshard", ReshardText.of(reshard))
                            .set("tables", ShardHead.json(finished))
                            .when("{state} = ?", ShardHead.OPEN))
                    .invoke(ended -> {
                        if (ended.isEmpty()) {
                            throw ShardClaims.fenced(shard, epoch);
                        }
                    })
                    .chain(() -> entries.query(EntryId.group(pipeline, shard), EntryId.PART))
                    .flatMap(parts -> Entries.forEach(parts, part -> entries.delete(part.id())))
                    // of two that end at once, the one that looks later sees both
                    .chain(() -> settled())
                    .replaceWithVoid();
        });
    }

    private void verify(
            ShardId shard, Reshard reshard, Map<ShardId, ShardHead> heads, Set<String> finished, Set<String> kept) {
        Set<String> unwritten = new HashSet<>(reshard.unfinished());
        unwritten.retainAll(kept);
        Set<ShardId> strange = reshard.parents().stream()
                .filter(parent -> !mayEnd(heads.get(parent), reshard))
                .collect(Collectors.toSet());
        if (!strange.isEmpty()) {
            throw refused(shard, "with " + strange + ", whose rows other shards have already");
        }
        boolean last = reshard.parents().stream()
                .allMatch(parent -> parent.equals(shard) || hasEnded(heads.get(parent), reshard));
        if (last) {
            unwritten.addAll(again(reshard, heads, shard, finished));
        }
        boolean empty = reshard.parents().stream().anyMatch(parent -> isNothing(heads.get(parent)));
        for (ShardId child : reshard.children().keySet()) {
            ShardHead known = heads.get(child);
            if (last && !empty && known != null && isBegun(known, reshard)) {
                throw refused(shard, "to " + child + ", whose stream has begun already");
            }
        }
        if (!unwritten.isEmpty()) {
            throw new PipelineException(
                    Kind.FATAL,
                    shard + ": the shard was resharded while tables " + new TreeSet<>(unwritten)
                            + " were copied, or together with shards that they are not carried of: start a new pipeline"
                            + " (TRIBUTARY_PIPELINE) into empty tables (a prefix in TRIBUTARY_SINK)");
        }
    }

    /** Whether it is read already, and not on account of this reshard. */
    private static boolean isBegun(ShardHead child, Reshard reshard) {
        return child.isOpen() && child.tables() != null && !ReshardText.isSame(child.openedBy(), reshard);
    }

    private static boolean mayEnd(@Nullable ShardHead parent, Reshard by) {
        return isNothing(parent) || Objects.requireNonNull(parent).isOpen() || parent.hasEnded(by);
    }

    private static boolean hasEnded(@Nullable ShardHead parent, Reshard by) {
        return isNothing(parent) || Objects.requireNonNull(parent).hasEnded(by);
    }

    private static boolean isOver(@Nullable ShardHead parent, Reshard by) {
        return isNothing(parent) || Objects.requireNonNull(parent).isOverBy(by);
    }

    private static boolean isNothing(@Nullable ShardHead parent) {
        return parent == null || parent.tables() == null;
    }

    /** Tables that not every parent has carried to its end. */
    private static Set<String> again(
            Reshard reshard, Map<ShardId, ShardHead> heads, ShardId ending, Set<String> finished) {
        Set<String> all = new HashSet<>(finished);
        for (ShardId parent : reshard.parents()) {
            ShardHead head = heads.get(parent);
            if (!parent.equals(ending) && head != null) {
                all.addAll(head.carried());
            }
        }
        Set<String> carried = carried(reshard, heads, ending, finished);
        all.removeIf(name -> carried.contains(name) || carried.contains(name + ShardCheckpoint.LEFT));
        return all;
    }

    /** What the children carry: what every parent has, and what one of them has left. */
    private static Set<String> carried(
            Reshard reshard, Map<ShardId, ShardHead> heads, ShardId ending, Set<String> finished) {
        Set<String> carried = new HashSet<>(finished);
        Set<String> all = new HashSet<>(finished);
        for (ShardId parent : reshard.parents()) {
            if (!parent.equals(ending)) {
                ShardHead head = heads.get(parent);
                Set<String> of = head == null ? Set.of() : head.carried();
                carried.retainAll(of);
                all.addAll(of);
            }
        }
        Set<String> left =
                all.stream().filter(name -> name.endsWith(ShardCheckpoint.LEFT)).collect(Collectors.toSet());
        carried.removeIf(name -> left.contains(name + ShardCheckpoint.LEFT));
        carried.addAll(left);
        return carried;
    }

    private static Optional<Due> due(Map<ShardId, ShardHead> heads) {
        return heads.values().stream()
                .filter(head -> head.state().equals(ShardHead.ENDED))
                .map(head -> ReshardText.parse(head.reshard()))
                .filter(reshard -> reshard.parents().stream().allMatch(parent -> isOver(heads.get(parent), reshard)))
                .findFirst()
                .map(reshard -> due(reshard, heads));
    }

    /** By what one of the parents tells, for whoever finishes it the same one. */
    private static Due due(Reshard reshard, Map<ShardId, ShardHead> heads) {
        ShardHead told = reshard.parents().stream()
                .map(heads::get)
                .filter(head -> !isNothing(head))
                .min(Comparator.comparing(head -> head.shard().toString()))
                .orElseThrow();
        return new Due(
                ReshardText.parse(told.reshard()), carried(reshard, heads, told.shard(), told.carried()), told.shard());
    }

    private Uni<Void> finish(Due due, Map<ShardId, ShardHead> heads) {
        String text = ReshardText.of(due.reshard());
        Map<ShardId, Position> children = new HashMap<>(due.reshard().children());
        children.keySet().removeIf(child -> {
            ShardHead known = heads.get(child);
            // one that has begun by itself, of parents of which some were nothing
            return known != null
                    && (ReshardText.isSame(known.openedBy(), due.reshard()) || isBegun(known, due.reshard()));
        });
        return Entries.forEach(List.copyOf(due.reshard().parents()), this::prevent)
                .chain(() -> columns.of(due.told()))
                .flatMap(known -> Entries.forEach(
                        List.copyOf(children.entrySet()),
                        child -> open(child.getKey(), child.getValue(), text, due.carried(), known)))
                .chain(() -> Entries.forEach(
                        List.copyOf(due.reshard().parents()),
                        parent -> entries.change(new EntryChange(EntryId.changes(pipeline, parent))
                                        .set("state", ShardHead.CLOSED)
                                        .when(
                                                "{state} = ? AND {reshard} = ?",
                                                ShardHead.ENDED,
                                                told(heads.get(parent))))
                                .replaceWithVoid()));
    }

    private static String told(@Nullable ShardHead parent) {
        return parent == null ? "" : parent.reshard();
    }

    /** A parent that somebody has claimed and not planned is not to be copied any more. */
    private Uni<Void> prevent(ShardId parent) {
        return entries.change(new EntryChange(EntryId.changes(pipeline, parent))
                        .raise("epoch")
                        .when("attribute_exists({epoch}) AND attribute_not_exists({tables})"))
                .replaceWithVoid();
    }

    private Uni<Void> open(
            ShardId child, Position at, String text, Set<String> carried, List<ColumnEntries.Columns> known) {
        EntryId id = EntryId.changes(pipeline, child);
        String unopened = "attribute_not_exists({opened_by}) OR {opened_by} <> ?";
        EntryChange opened = new EntryChange(id)
                .set("pipeline", pipeline)
                .set("keyspace", child.keyspace())
                .set("shard", child.shard())
                .set("state", ShardHead.OPEN)
                .set("owner", "")
                .raise("epoch")
                .set("position", at.text())
                .set("tables", ShardHead.json(carried))
                .set("opened_by", text)
                .remove("reshard")
                .remove("saved_epoch")
                .remove("saves")
                .when(unopened, text);
        // before it is: who claims it then finds them
        Uni<Void> inherited = Uni.createFrom().voidItem();
        int room = Entries.MOST_CHANGES - 1;
        for (int from = 0; from < known.size(); from += room) {
            List<EntryChange> some = new ArrayList<>();
            known.subList(from, Math.min(known.size(), from + room))
                    .forEach(table -> some.add(columns.inherited(child, table)));
            some.add(new EntryChange(id).when(unopened, text));
            inherited = inherited.chain(() -> entries.together(some)).replaceWithVoid();
        }
        return inherited
                .chain(() -> entries.change(new EntryChange(EntryId.known(pipeline, child))
                        .set("keyspace", child.keyspace())
                        .set("shard", child.shard())))
                .chain(() -> entries.query(EntryId.group(pipeline, child), EntryId.PART))
                .flatMap(parts -> Entries.forEach(
                        parts,
                        part -> entries.together(List.of(
                                        new EntryChange(id).when(unopened, text), new EntryChange(part.id()).delete()))
                                .replaceWithVoid()))
                .chain(() -> entries.change(opened))
                .replaceWithVoid();
    }

    private static PipelineException refused(ShardId shard, String why) {
        return new PipelineException(
                Kind.FATAL,
                shard + ": the shard was resharded together " + why
                        + "; start a new pipeline (TRIBUTARY_PIPELINE) into empty tables (a prefix in TRIBUTARY_SINK)");
    }
}
