package dev.tributary.checkpoint;

import dev.tributary.record.Position;
import io.vertx.sqlclient.Row;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the checkpoint table says of a part. */
enum PartState {
    /** The change stream waits for its copy. */
    COPYING,
    /** It is copied while the change stream goes on without its table. */
    LATE,
    /** Its copy is over, and it follows its table's changes itself: the change stream has passed them. */
    CATCHING_UP,
    /** It is the change stream's matter. */
    COPIED;

    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static PartState of(Row row) {
        return valueOf(row.getString("state").toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    /** What a part is that is not copied, of a shard whose change stream stands there; null before it has begun. */
    static PartState uncopied(@Nullable Position changes) {
        return changes == null ? COPYING : LATE;
    }

    boolean isCopied() {
        return this == CATCHING_UP || this == COPIED;
    }

    boolean isLate() {
        return this == LATE || this == CATCHING_UP;
    }

    /** Whether the change stream tells its rows. */
    boolean isFollowed() {
        return this == COPIED;
    }
}
