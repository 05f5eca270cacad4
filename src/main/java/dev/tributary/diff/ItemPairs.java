package dev.tributary.diff;

import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;

/** The two ends of a comparison with DynamoDB. Used on the comparison's context alone. */
interface ItemPairs {
    /** What is found of a table before its items are looked at. */
    sealed interface Found {
        /** Its items can be compared. */
        record Comparable(ItemPair pair) implements Found {}

        /** They can't. */
        record Unlike(TableReport report) implements Found {}
    }

    /**
     * Connects to both ends.
     *
     * @return the source's tables that are carried
     */
    Future<List<String>> open();

    /** Looks a table up on both sides. */
    Future<Found> find(String table);

    /** Done once all that a table has now is durable at the target; fails as {@link Undetermined}. */
    Future<Void> caughtUp(String table);

    /** What a difference means, for the report. */
    String words();

    /** Tables that are only at the target, as far as that can be told; all of the source's were compared. */
    Future<Collection<String>> onlyAtTheTarget();

    /** In words, what it took of either side beside time; may be empty. */
    String costs();

    /** Nanoseconds that the source's answers took. */
    long sourceNanos();

    /** Nanoseconds that the target's answers took. */
    long targetNanos();

    Future<Void> close();
}
