package dev.tributary.stream;

import dev.tributary.checkpoint.Sweep;
import dev.tributary.record.KnownShards;
import dev.tributary.record.ShardId;
import dev.tributary.record.SourceTable;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Sees to it that rows are deleted at the target that the source has no more and no stream tells of, table by table, once the
 * streams of all shards follow the table. Used on the supervisor's context.
 */
final class Sweeps {
    private static final Logger LOG = Logger.getLogger(Sweeps.class);
    private static final Duration PAUSE = Duration.ofSeconds(2);
    /** A multiple of that. */
    private static final int LONGEST = 30;

    private final OwnContext own;
    private final Plumbing plumbing;
    private final List<Runnable> waiting = new ArrayList<>();
    private boolean active;
    /** Since the process began; each makes the pauses longer. */
    private volatile int failures;

    private boolean again;
    private boolean ended;

    Sweeps(OwnContext own, Plumbing plumbing) {
        this.own = own;
        this.plumbing = plumbing;
    }

    /** There may be something to do. */
    void wake() {
        again = true;
        if (!active && !ended) {
            active = true;
            look();
        }
    }

    /** Runs that once there is nothing to do. */
    void whenDone(Runnable action) {
        if (active) {
            waiting.add(action);
        } else {
            action.run();
        }
    }

    void end() {
        ended = true;
    }

    private void look() {
        again = false;
        // nearly always there is none
        plumbing.checkpoints()
                .sweeps(Set.of())
                .flatMap(marked -> marked.isEmpty() ? Uni.createFrom().item(false) : sweep())
                .subscribe()
                .with(
                        left -> own.hop(() -> looked(left)),
                        failure -> own.hop(() -> {
                            LOG.warnf(
                                    "rows that the source has no more are not looked for yet: %s",
                                    failure.getMessage());
                            looked(true);
                        }));
    }

    /** Whether some are left. */
    private Uni<Boolean> sweep() {
        return Uni.combine()
                .all()
                .unis(
                        plumbing.source().shards(KnownShards.NONE),
                        plumbing.source().tables())
                .asTuple()
                .flatMap(now -> {
                    Set<ShardId> present = new HashSet<>(now.getItem1().present());
                    return plumbing.checkpoints()
                            .sweeps(present)
                            .map(sweeps -> ofThose(sweeps, present))
                            .flatMap(sweeps -> sweep(sweeps, now.getItem2()));
                });
    }

    /** Another process may read other keyspaces. */
    private static List<Sweep> ofThose(List<Sweep> sweeps, Set<ShardId> present) {
        return sweeps.stream()
                .filter(sweep -> present.stream()
                        .anyMatch(shard -> shard.keyspace().equals(sweep.table().keyspace())))
                .toList();
    }

    private Uni<Boolean> sweep(List<Sweep> sweeps, List<SourceTable> tables) {
        return Multi.createFrom()
                .iterable(sweeps)
                .onItem()
                .transformToUniAndConcatenate(sweep -> sweep(sweep, tables))
                .collect()
                .asList()
                .map(done -> done.contains(false));
    }

    /** Whether it is done. */
    private Uni<Boolean> sweep(Sweep sweep, List<SourceTable> tables) {
        if (tables.stream().noneMatch(table -> table.id().equals(sweep.table()))) {
            LOG.warnf("table %s is dropped or left out: rows that are gone at the source may stay", sweep.table());
            return plumbing.checkpoints().swept(sweep).replaceWith(true);
        }
        if (!sweep.ready()) {
            return Uni.createFrom().item(false);
        }
        LOG.infof("table %s: looks for rows that the source has no more: it was copied once more", sweep.table());
        return plumbing.sweep()
                .apply(sweep.table())
                .invoke(deleted ->
                        LOG.infof("table %s: %d rows are deleted that the source has no more", sweep.table(), deleted))
                .flatMap(deleted -> plumbing.checkpoints().swept(sweep).replaceWith(true))
                .onFailure()
                .recoverWithItem(failure -> {
                    LOG.warnf("table %s: is not swept yet: %s", sweep.table(), failure.getMessage());
                    failures++;
                    return false;
                });
    }

    private void looked(boolean left) {
        if (ended) {
            return;
        }
        if (left) {
            Duration pause = PAUSE.multipliedBy(Math.clamp(failures, 1, LONGEST));
            own.context().owner().setTimer(pause.toMillis(), id -> own.hop(this::lookAgain));
        } else if (again) {
            look();
        } else {
            active = false;
            List.copyOf(waiting).forEach(Runnable::run);
            waiting.clear();
        }
    }

    private void lookAgain() {
        if (!ended) {
            look();
        }
    }
}
