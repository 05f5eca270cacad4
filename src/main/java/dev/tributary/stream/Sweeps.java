package dev.tributary.stream;

import dev.tributary.checkpoint.Sweep;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * Sees to it that rows are deleted at the target that the source has no more and no stream tells of, table by table, once the
 * streams of all shards follow the table. Used on the supervisor's context.
 */
final class Sweeps {
    private static final Logger LOG = Logger.getLogger(Sweeps.class);
    private static final Duration PAUSE = Duration.ofSeconds(2);

    private final OwnContext own;
    private final Plumbing plumbing;
    private final List<Runnable> waiting = new ArrayList<>();
    private boolean active;
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
        plumbing.look()
                .flatMap(shards -> plumbing.checkpoints().sweeps(new HashSet<>(shards.present())))
                .flatMap(this::sweep)
                .subscribe()
                .with(
                        left -> own.hop(() -> looked(left)),
                        failure -> own.hop(() -> {
                            LOG.warnf("rows that the source has no more are not deleted yet: %s", failure.getMessage());
                            looked(true);
                        }));
    }

    /** Whether some are left. */
    private Uni<Boolean> sweep(List<Sweep> sweeps) {
        return Multi.createFrom()
                .iterable(sweeps)
                .filter(Sweep::ready)
                .onItem()
                .transformToUniAndConcatenate(this::sweep)
                .collect()
                .asList()
                .map(done -> done.size() < sweeps.size());
    }

    private Uni<Void> sweep(Sweep sweep) {
        LOG.infof("table %s: looks for rows that the source has no more: it was copied once more", sweep.table());
        return plumbing.sweep()
                .apply(sweep.table())
                .invoke(deleted ->
                        LOG.infof("table %s: %d rows are deleted that the source has no more", sweep.table(), deleted))
                .flatMap(deleted -> plumbing.checkpoints().swept(sweep));
    }

    private void looked(boolean left) {
        if (ended) {
            return;
        }
        if (left) {
            own.context().owner().setTimer(PAUSE.toMillis(), id -> own.hop(this::lookAgain));
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
