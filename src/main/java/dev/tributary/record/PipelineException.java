package dev.tributary.record;

import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A failure, classified once, where it is first understood. Its message is one line for an operator: what happened, to
 * which shard and table, and what to do. It never holds a secret or a row's values.
 */
public final class PipelineException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What is to be done about it. */
    public enum Kind {
        /** May be over by itself: the stream starts again from its checkpoint, after a pause. */
        TRANSIENT,
        /** Will not be over by itself: the pipeline stops, with exit code 1. */
        FATAL,
        /** The source has not kept what follows a position: as FATAL, unless what was lost may be copied again. */
        LOST,
        /** A setting is wrong: the pipeline does not start, exit code 2. */
        SETTING,
        /** Another process has claimed the stream: this one must not write it any more. */
        FENCED
    }

    private final Kind kind;
    private transient Set<ShardId> shards = Set.of();

    public PipelineException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = Objects.requireNonNull(kind);
    }

    public PipelineException(Kind kind, String message) {
        this(kind, message, null);
    }

    /** Of kind LOST. */
    public static PipelineException lost(Set<ShardId> shards, String message) {
        PipelineException lost = new PipelineException(Kind.LOST, message);
        lost.shards = Set.copyOf(shards);
        return lost;
    }

    public Kind kind() {
        return kind;
    }

    /** Shards that are not there any more and whose positions are lost; empty if they are the stream's own. */
    public Set<ShardId> shards() {
        return shards;
    }
}
