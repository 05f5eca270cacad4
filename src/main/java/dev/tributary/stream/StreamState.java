package dev.tributary.stream;

/** Where a shard stream is in its life. */
public sealed interface StreamState {
    /** Takes the shard over and looks up what there is to do. */
    record Claiming() implements StreamState {}

    /** Copies the snapshot's parts. */
    record Copying(int copied, int parts) implements StreamState {}

    /** Follows the changes; but those of tables that came later, as long as parts of theirs are copied. */
    record Following(int copied, int parts) implements StreamState {}

    /** Waits after a transient failure, and starts again from the checkpoint. */
    record BackingOff(int failures, String cause) implements StreamState {}

    /** Lets what is on its way become durable, and reads nothing more. */
    record Draining() implements StreamState {}

    /** Has ended with its shard: others have its rows. */
    record Closed() implements StreamState {}

    /** Has ended in good order. */
    record Ended() implements StreamState {}

    /** Has ended, as another process has the shard. */
    record Released() implements StreamState {}

    /** Has ended for good, with a failure that won't be over by itself. */
    record Failed(String cause) implements StreamState {}
}
