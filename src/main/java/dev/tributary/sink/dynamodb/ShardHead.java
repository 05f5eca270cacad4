package dev.tributary.sink.dynamodb;

import dev.tributary.checkpoint.ReshardText;
import dev.tributary.checkpoint.ShardCheckpoint;
import dev.tributary.checkpoint.ShardOwner;
import dev.tributary.record.KnownShards;
import dev.tributary.record.Position;
import dev.tributary.record.Reshard;
import dev.tributary.record.ShardId;
import io.vertx.core.json.JsonArray;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A shard's change stream, as the checkpoint table has it.
 *
 * @param state {@link #OPEN}, {@link #ENDED}, {@link #CLOSED} or {@link #FORGOTTEN}
 * @param tables those that it carries; null if it was never planned
 * @param reshard what it ended by; empty if it has not
 * @param openedBy the reshard that it was opened by; empty if by none
 * @param hasLate whether there are tables that its change stream goes on without
 * @param putAway since when this is what the entry tells that it is found by, as it is closed: in milliseconds since 1970 by the service's
 *     time; 0 if it is not
 */
record ShardHead(
        ShardId shard,
        String state,
        String owner,
        long epoch,
        @Nullable Position position,
        @Nullable Set<String> tables,
        String reshard,
        String openedBy,
        boolean hasLate,
        long putAway) {
    static final String OPEN = "changes";
    /** It has come to its end, and no other shard has its rows yet. */
    static final String ENDED = "ended";
    /** Others have its rows. */
    static final String CLOSED = "closed";
    /** Nothing of it is carried. */
    static final String FORGOTTEN = "forgotten";

    private static final String PUT_AWAY = "put_away_at";
    /** What a closed one's entry has that it is found by. */
    private static final List<String> PUT =
            List.of("state", "reshard", "tables", "owner", "epoch", "position", PUT_AWAY);

    static ShardHead of(Entry entry) {
        return new ShardHead(
                new ShardId(entry.text("keyspace"), entry.text("shard")),
                entry.text("state"),
                entry.text("owner"),
                entry.number("epoch"),
                entry.position(),
                entry.has("tables") ? tables(entry.text("tables")) : null,
                entry.text("reshard"),
                entry.text("opened_by"),
                entry.flag("late"),
                entry.number(PUT_AWAY));
    }

    private static Set<String> tables(String json) {
        Set<String> tables = new LinkedHashSet<>();
        new JsonArray(json).forEach(table -> tables.add((String) table));
        return tables;
    }

    static String json(Set<String> tables) {
        return new JsonArray(List.copyOf(new TreeSet<>(tables))).encode();
    }

    /** Has the entry that it is found by tell of it, as it is closed. */
    EntryChange putAway(EntryChange known, long now) {
        if (position != null) {
            known.set("position", position.text());
        }
        return known.set("state", state)
                .set("reshard", reshard)
                .set("tables", json(carried()))
                .set("owner", owner)
                .set("epoch", epoch)
                .set(PUT_AWAY, now);
    }

    /** Has a change hold while the entry that it is found by tells the same. */
    EntryChange stillPutAway(EntryChange known) {
        return known.when("{" + PUT_AWAY + "} = ?", putAway);
    }

    boolean isPutAway() {
        return putAway > 0;
    }

    /** Whether it has been closed for {@link KnownShards#OLD}. */
    boolean isOld(long now) {
        return isPutAway() && now - putAway >= KnownShards.OLD.toMillis();
    }

    /** Has the entry that a shard is found by tell nothing but its name. */
    static EntryChange takenOut(EntryChange known) {
        PUT.forEach(known::remove);
        return known;
    }

    /** Whether it is planned, and nothing of it is left to be copied. */
    boolean isCopied() {
        return tables != null && position != null && !hasLate;
    }

    boolean isOpen() {
        return state.equals(OPEN);
    }

    ShardOwner.Stage stage() {
        return switch (state) {
            case FORGOTTEN -> ShardOwner.Stage.FORGOTTEN;
            case ENDED -> ShardOwner.Stage.ENDED;
            case CLOSED -> ShardOwner.Stage.CLOSED;
            default -> ShardOwner.Stage.OPEN;
        };
    }

    boolean isOver() {
        return state.equals(ENDED) || state.equals(CLOSED);
    }

    /** What it carries, and what it has left. */
    Set<String> carried() {
        return tables == null ? Set.of() : tables;
    }

    boolean hasEnded(Reshard by) {
        return state.equals(ENDED) && ReshardText.isSame(reshard, by);
    }

    /** The same, be it that others have its rows already. */
    boolean isOverBy(Reshard by) {
        return isOver() && ReshardText.isSame(reshard, by);
    }

    /**
     * Whether it was opened by this very reshard. A later one of shards with the same names may have the same id, which Vitess makes of
     * these names; other positions tell it apart.
     */
    boolean isOpenedBy(Reshard reshard) {
        return openedBy.equals(ReshardText.of(reshard));
    }

    /** Whether it is read already, and not on account of this reshard. */
    boolean isBegun(Reshard reshard) {
        return isOpen() && tables != null && !isOpenedBy(reshard);
    }

    /** Whether a table is one of its own, followed or left. */
    boolean knows(String table) {
        return carried().contains(table) || carried().contains(table + ShardCheckpoint.LEFT);
    }
}
