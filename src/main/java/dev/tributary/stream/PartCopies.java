package dev.tributary.stream;

import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.PartId;
import dev.tributary.record.Position;
import dev.tributary.record.ShardId;
import dev.tributary.record.SourceTable;
import dev.tributary.source.ShardSource;
import io.vertx.core.Context;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Opens the parts of one shard's snapshot, a few at a time. Tables that came later are copied while the change stream goes on
 * without them; then each of their parts follows its table's changes up to where the change stream is, and once more, for what
 * little is left, while that stands still: so that it can go on with them. Used on the context of the shard's verticle only.
 */
final class PartCopies {
    /** What is to come next. */
    enum Next {
        /** Parts are open, or none was to be opened. */
        NOTHING,
        /** Every part is copied, and the changes can be followed. */
        FOLLOW,
        /** Every late part was where the change stream was a moment ago: that is to stand still. */
        STAND,
        /** Every late part holds all that the change stream has passed. */
        JOIN
    }

    /** Makes a pump for a part: whether it can't be taken up in the middle. */
    interface Opener {
        StreamPump open(PartId part, boolean atOnce);
    }

    /** What may be left for when the change stream stands still: what comes within the time that a catch-up takes. */
    private static final Duration SHORT = Duration.ofSeconds(2);
    /** Where writing is faster than catching up, it would never be short. */
    private static final int MOST_ROUNDS = 5;

    private final ShardPlan plan;
    private final SnapshotParts parts;
    private final boolean beside;
    private final ShardSource source;
    private final int atATime;
    private final Context context;
    private final Opener opener;
    private int open;
    /** How far the change stream was when late parts were last sent after it. */
    private @Nullable Position goal;

    private int rounds;
    private long sent;
    private boolean standing;

    /**
     * @param beside whether the change stream is followed meanwhile
     * @param atATime how many may be open
     */
    PartCopies(
            ShardPlan plan,
            SnapshotParts parts,
            boolean beside,
            ShardSource source,
            int atATime,
            Context context,
            Opener opener) {
        this.plan = plan;
        this.parts = parts;
        this.beside = beside;
        this.source = source;
        this.atATime = atATime;
        this.context = context;
        this.opener = opener;
    }

    ShardPlan plan() {
        return plan;
    }

    /** Whether there is room for a part whose copy has not begun. */
    boolean wouldBegin() {
        return open < atATime && parts.isNextNew();
    }

    boolean isQuiet() {
        return open == 0;
    }

    /** One that was opened is durable up to its end. */
    void ended() {
        open--;
    }

    /** The change stream stands still, and all that it had on its way is durable. Whether that is new. */
    boolean stand() {
        boolean isNew = !standing;
        standing = true;
        return isNew;
    }

    /**
     * Opens what may be opened.
     *
     * @param passed the change stream's durable position; null before it has begun
     * @param mayBegin whether parts may be opened whose copies have not begun
     */
    Next advance(@Nullable Position passed, boolean mayBegin) {
        openMore(mayBegin);
        if (open > 0 || parts.isNextNew()) {
            return Next.NOTHING;
        }
        if (!beside || passed == null) {
            return Next.FOLLOW;
        }
        if (!parts.hasLate()) {
            return Next.NOTHING;
        }
        boolean far = !standing && rounds < MOST_ROUNDS && System.nanoTime() - sent > SHORT.toNanos();
        if (goal == null || far || standing && !goal.equals(passed)) {
            goal = passed;
            rounds++;
            sent = System.nanoTime();
            parts.catchUp(passed, source);
            return advance(passed, mayBegin);
        }
        if (!standing) {
            return Next.STAND;
        }
        if (!parts.hold(passed, source)) {
            throw new IllegalStateException("a table joins at " + passed + " without holding all up to there");
        }
        return Next.JOIN;
    }

    private void openMore(boolean mayBegin) {
        while (open < atATime && (mayBegin || !parts.isNextNew())) {
            PartCheckpoint part = parts.next();
            if (part == null) {
                return;
            }
            open++;
            open(part);
        }
    }

    private void open(PartCheckpoint part) {
        ShardId shard = plan.checkpoint().shard();
        String name = part.id().table();
        // what is copied is as the table is now; what follows is as it was where the copy ended
        SourceTable table =
                part.copied() ? plan.followed(name) : plan.discovery().table(name);
        StreamPump pump = opener.open(part.id(), !part.copied() && !source.resumable(table));
        pump.start(source.copy(shard, part, table, part.copied() ? goal : null, context, pump));
    }
}
