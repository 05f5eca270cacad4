package dev.tributary.diff.dynamodb;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a pipeline has saved of one shard's changes, wherever it saves that.
 *
 * @param state {@code changes} while it goes on, {@code ended} until others have its rows, {@code closed}, or {@code forgotten}
 * @param position of its changes; null before they have begun
 * @param copying tables that are not wholly there yet
 */
public record SavedShard(
        String keyspace,
        String shard,
        String state,
        @Nullable String position,
        Set<String> copying) {
    public SavedShard {
        copying = Set.copyOf(copying);
    }

    public boolean isOpen() {
        return state.equals("changes");
    }

    public boolean isClosed() {
        return state.equals("closed");
    }

    /** Whether nothing of it is carried. */
    public boolean isForgotten() {
        return state.equals("forgotten");
    }
}
