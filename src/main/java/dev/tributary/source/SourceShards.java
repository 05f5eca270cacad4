package dev.tributary.source;

import dev.tributary.record.KnownShards;
import dev.tributary.record.ShardId;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The shards of a source, as they are served and as there are positions of them.
 *
 * @param known those that there are positions of
 * @param served those to read that the source serves, in the order of their names
 * @param ending those to read that it does not serve: their streams go on up to where others took their rows over; or they have
 *     just been given others' rows and will be served in a moment
 * @param awaited those that it serves, and whose rows streams of {@code ending} have to hand over first
 * @param all every shard that the tables are made of, those too that another process reads
 * @param gone closed ones that the source has no more, and will neither tell of nor ask about again: they may be forgotten
 */
public record SourceShards(
        KnownShards known,
        List<ShardId> served,
        List<ShardId> ending,
        List<ShardId> awaited,
        Set<ShardId> all,
        Set<ShardId> gone) {
    public SourceShards {
        served = List.copyOf(served);
        ending = List.copyOf(ending);
        awaited = List.copyOf(awaited);
        all = Set.copyOf(all);
        gone = Set.copyOf(gone);
    }

    /** Where none may be forgotten. */
    public SourceShards(
            KnownShards known, List<ShardId> served, List<ShardId> ending, List<ShardId> awaited, Set<ShardId> all) {
        this(known, served, ending, awaited, all, Set.of());
    }

    /** Those whose streams are to run now. */
    public List<ShardId> running() {
        return Stream.concat(ending.stream(), served.stream()).toList();
    }

    /** Those that the source can be asked about. */
    public List<ShardId> present() {
        return Stream.concat(served.stream(), awaited.stream()).toList();
    }

    /** Every shard that is read now, or will be once others have ended. */
    public Set<ShardId> toRead() {
        return Stream.concat(running().stream(), awaited.stream()).collect(Collectors.toSet());
    }
}
