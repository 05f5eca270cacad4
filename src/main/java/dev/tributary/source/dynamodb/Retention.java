package dev.tributary.source.dynamodb;

import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import java.time.Duration;

/** How long a stream keeps changes, and what is to be done in time. */
final class Retention {
    /** A stream keeps them for 24 hours; less what clocks may differ by, and what is read at the last moment. */
    static final Duration KEPT = Duration.ofHours(24).minusMinutes(10);
    /** Nothing older is ever told. */
    static final Duration LONGEST_KEPT = Duration.ofHours(25);
    /** The rest is for reading the changes that were made meanwhile. */
    static final Duration LONGEST_SNAPSHOT = Duration.ofHours(20);

    private Retention() {}

    /** Fails as LOST where changes behind a place may be gone. */
    static void verify(Object shard, long at, long now) {
        if (now - at > KEPT.toMillis()) {
            throw new PipelineException(
                    Kind.LOST,
                    shard + ": its position is " + Duration.ofMillis(now - at).toHours()
                            + " hours old, and DynamoDB keeps changes for 24: some may be lost; "
                            + LostStream.WHAT_TO_DO);
        }
    }

    /** Fails before anything is lost, where a snapshot is not over in time. */
    static void verifySnapshot(Object shard, long at, long now) {
        if (now - at > LONGEST_SNAPSHOT.toMillis()) {
            throw new PipelineException(
                    now - at > KEPT.toMillis() ? Kind.LOST : Kind.FATAL,
                    shard + ": the snapshot has taken "
                            + Duration.ofMillis(now - at).toHours()
                            + " hours, and DynamoDB keeps the changes that were made meanwhile for 24: it ends while they are"
                            + " there. Nothing is lost at the source; begin a new snapshot that is faster"
                            + " (TRIBUTARY_COPY_PARTS, parameter 'segments', a higher 'read_capacity' or none,"
                            + " 'consistent=false', more capacity of the table) in a new pipeline (TRIBUTARY_PIPELINE) into an"
                            + " empty target");
        }
    }
}
