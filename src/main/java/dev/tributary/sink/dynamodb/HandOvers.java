package dev.tributary.sink.dynamodb;

import dev.tributary.checkpoint.Inherited;
import dev.tributary.checkpoint.ReshardText;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Reshard;
import dev.tributary.record.ShardId;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Ends shards and opens those that have their rows. There may be more of them than a transaction takes, so each step is one by itself
 * and may be made again: a shard is ended; once all are that end together, their children are opened, each once for a reshard; then the
 * ended ones are closed. A process that is gone in between has it finished by whoever looks next. No child is opened before every
 * parent's last change is durable, so the order of a row's changes holds. Safe for any thread.
 *
 * @param clock the service's time, in milliseconds since 1970
 */
record HandOvers(Entries entries, String pipeline, ShardClaims claims, ColumnEntries columns, LongSupplier clock) {
    /** Before what somebody else has changed meanwhile is looked at again. */
    private static final Duration PAUSE = Duration.ofMillis(200);

    /** A reshard that all parents have ended by, with what the children carry. */
    private record Due(Reshard reshard, Set<String> carried, ShardHead told) {}

    /** Every shard that was ever claimed. */
    Uni<Map<ShardId, ShardHead>> heads() {
        return entries.query(EntryId.group(pipeline), EntryId.SHARD).flatMap(known -> {
            Map<Boolean, List<ShardHead>> put =
                    known.stream().map(ShardHead::of).collect(Collectors.partitioningBy(ShardHead::isPutAway));
            return entries.getAll(put.getOrDefault(false, List.of()).stream()
                            .map(head -> EntryId.changes(pipeline, head.shard()))
                            .toList())
                    .map(found -> Stream.concat(
                                    put.getOrDefault(true, List.of()).stream(),
                                    found.stream().map(ShardHead::of))
                            .collect(Collectors.toMap(ShardHead::shard, head -> head)));
        });
    }

    /** The same, once all is finished that was begun. */
    Uni<Map<ShardId, ShardHead>> settled() {
        return heads().flatMap(heads -> {
            return due(heads)
                    .map(due -> finish(due, heads)
                            .flatMap(done -> done
                                    ? settled()
                                    : Uni.createFrom()
                                            .voidItem()
                                            .onItem()
                                            .delayIt()
                                            .by(PAUSE)
                                            .chain(this::settled)))
                    .orElseGet(() -> putAway(heads).replaceWith(heads));
        });
    }

    /**
     * A source's shards may be closed every few hours, for ever: what is asked of such ones is told by the entry that they are found
     * by. It says so only while they are closed, as who opens one changes both at once.
     */
    private Uni<Void> putAway(Map<ShardId, ShardHead> heads) {
        return Entries.forEach(
                heads.values().stream()
                        .filter(head -> head.state().equals(ShardHead.CLOSED) && !head.isPutAway())
                        .toList(),
                head -> entries.together(List.of(
                                new EntryChange(EntryId.changes(pipeline, head.shard()))
                                        .when("{state} = ? AND {reshard} = ?", ShardHead.CLOSED, head.reshard()),
                                head.putAway(
                                        new EntryChange(EntryId.known(pipeline, head.shard())), clock.getAsLong())))
                        .replaceWithVoid()
                        // the next look does it
                        .onFailure()
                        .recoverWithNull());
    }

    /** As {@link dev.tributary.checkpoint.CheckpointStore#close} says. */
    Uni<Void> close(ShardId shard, long epoch, Reshard reshard, Set<String> kept) {
        // a child of what is not finished yet is not to end: it would be opened once more where it began
        return settled().flatMap(heads -> {
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
                        claims.forget(shard);
                    })
                    .chain(() -> entries.query(EntryId.group(pipeline, shard), EntryId.PART))
                    .flatMap(parts -> Entries.forEach(parts, entries::delete))
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
            unwritten.addAll(inherited(reshard, heads, shard, finished).again());
        }
        boolean empty = reshard.parents().stream().anyMatch(parent -> isNothing(heads.get(parent)));
        for (ShardId child : reshard.children().keySet()) {
            ShardHead known = heads.get(child);
            if (last && !empty && known != null && known.isBegun(reshard)) {
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

    private static Inherited inherited(
            Reshard reshard, Map<ShardId, ShardHead> heads, ShardId ending, Set<String> finished) {
        List<Set<String>> parents = new ArrayList<>(List.of(finished));
        for (ShardId parent : reshard.parents()) {
            if (!parent.equals(ending)) {
                ShardHead head = heads.get(parent);
                parents.add(head == null ? Set.of() : head.carried());
            }
        }
        return Inherited.of(parents);
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
                ReshardText.parse(told.reshard()),
                inherited(reshard, heads, told.shard(), told.carried()).carried(),
                told);
    }

    /** False if somebody else changed meanwhile what it goes by: it is left to the next look. */
    private Uni<Boolean> finish(Due due, Map<ShardId, ShardHead> heads) {
        List<ShardId> parents = List.copyOf(due.reshard().parents());
        // the first of them is closed when all children are open, which others may have ended, and opened once more,
        // since
        boolean opened = parents.stream()
                .map(heads::get)
                .anyMatch(parent -> !isNothing(parent) && !parent.state().equals(ShardHead.ENDED));
        return (opened ? Uni.createFrom().item(true) : open(due, parents, heads))
                .flatMap(done -> !done
                        ? Uni.createFrom().item(false)
                        : Entries.forEach(
                                        parents,
                                        parent -> entries.change(new EntryChange(EntryId.changes(pipeline, parent))
                                                        .set("state", ShardHead.CLOSED)
                                                        .when(
                                                                "{state} = ? AND {reshard} = ?",
                                                                ShardHead.ENDED,
                                                                told(heads.get(parent))))
                                                .replaceWithVoid())
                                .replaceWith(true));
    }

    private static String told(@Nullable ShardHead parent) {
        return parent == null ? "" : parent.reshard();
    }

    private Uni<Boolean> open(Due due, List<ShardId> parents, Map<ShardId, ShardHead> heads) {
        List<ShardId> nothing = parents.stream()
                .filter(parent -> heads.containsKey(parent) && isNothing(heads.get(parent)))
                .toList();
        return Entries.each(nothing, this::prevent)
                .flatMap(prevented -> prevented.contains(false)
                        ? Uni.createFrom().item(false)
                        : columns.of(due.told().shard())
                                .map(known -> new ChildShards.Legacy(due.reshard(), due.carried(), due.told(), known))
                                // each checks the same parent
                                .flatMap(legacy -> Entries.inTurn(
                                        due.reshard().children().entrySet(),
                                        child -> new ChildShards(entries, pipeline, columns)
                                                .open(child.getKey(), child.getValue(), legacy)))
                                .map(children -> !children.contains(false)));
    }

    /** A parent that somebody has claimed and not planned is not to be copied any more; false if it was planned meanwhile. */
    private Uni<Boolean> prevent(ShardId parent) {
        return entries.change(new EntryChange(EntryId.changes(pipeline, parent))
                        .raise("epoch")
                        .when("attribute_not_exists({tables})"))
                .map(Optional::isPresent);
    }

    private static PipelineException refused(ShardId shard, String why) {
        return new PipelineException(
                Kind.FATAL,
                shard + ": the shard was resharded together " + why
                        + "; start a new pipeline (TRIBUTARY_PIPELINE) into empty tables (a prefix in TRIBUTARY_SINK)");
    }
}
