package dev.tributary.source.dynamodb;

import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;

/** Says that changes are gone before they were read. */
final class LostStream {
    static final String WHAT_TO_DO = "start a new pipeline (TRIBUTARY_PIPELINE) into an empty target";

    private LostStream() {}

    static PipelineException trimmed(Object shard, StreamPosition at) {
        return new PipelineException(
                Kind.LOST,
                shard + ": DynamoDB has not kept what follows sequence number "
                        + (at.after() == null ? "(the shard's beginning)" : at.after())
                        + ", for changes are kept for 24 hours: some are lost; " + WHAT_TO_DO);
    }

    static PipelineException disabled(Object shard, String stream) {
        return new PipelineException(
                Kind.LOST,
                shard + ": the table's stream " + stream
                        + " was disabled: what was changed since, or before it was enabled again, is in no stream;"
                        + " leave the stream enabled and " + WHAT_TO_DO);
    }
}
