package dev.tributary.stream;

import dev.tributary.checkpoint.ShardCheckpoint;
import dev.tributary.config.Settings.LostPosition;
import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Position;
import dev.tributary.record.ShardId;
import dev.tributary.record.SourceTable;
import dev.tributary.record.TableId;
import dev.tributary.source.ShardSource;
import dev.tributary.source.SourceShards;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What a claimed shard has to do.
 *
 * @param checkpoint what is durable, with the parts that were added just now
 * @param discovery the tables as they are
 * @param kept those of all that are there, whether carried or not, which are not to be copied over rows
 * @param leaves whether tables are left to be copied by the shards that have taken its rows over
 * @param followed the same tables, with the columns that their rows have where the change stream goes on
 */
record ShardPlan(
        ShardCheckpoint checkpoint, Discovery discovery, Set<String> kept, boolean leaves, List<SourceTable> followed) {
    private static final Logger LOG = Logger.getLogger(ShardPlan.class);

    /**
     * Looks up tables, claims the shard, and plans the parts of tables that its checkpoint does not know yet.
     *
     * @param known what was looked up already, or null
     * @param redo whether copies can't be taken up where they are: the shard was resharded behind that
     */
    static Uni<ShardPlan> make(ShardId shard, @Nullable Discovery known, boolean redo, Plumbing plumbing) {
        Uni<Discovery> look = known != null && known.position(shard) != null
                ? Uni.createFrom().item(known.only(shard.keyspace()))
                : plumbing.look()
                        .flatMap(shards -> Discovery.of(plumbing, shards.known(), asked(shard, shards)))
                        .map(found -> found.only(shard.keyspace()));
        return look.flatMap(found -> plumbing.checkpoints().claim(shard).flatMap(claimed -> {
            if (claimed.closed()) {
                return Uni.createFrom().item(new ShardPlan(claimed, found, Set.of(), false, List.of()));
            }
            if (found.position(shard) == null) {
                return ending(claimed, found, plumbing);
            }
            return redo
                    ? leave(claimed, found, begun(claimed), plumbing)
                            .flatMap(rest ->
                                    rest.closed() ? make(shard, null, false, plumbing) : plan(rest, found, plumbing))
                    : plan(claimed, found, plumbing);
        }));
    }

    /** The shard, if it can be asked about. */
    private static List<ShardId> asked(ShardId shard, SourceShards shards) {
        return shards.served().contains(shard) ? List.of(shard) : List.of();
    }

    private static Uni<ShardPlan> plan(ShardCheckpoint claimed, Discovery found, Plumbing plumbing) {
        return complete(claimed, found, plumbing)
                .flatMap(checkpoint -> new FollowedColumns(claimed, found, plumbing)
                        .tables()
                        .map(followed -> new ShardPlan(checkpoint, found, kept(found, plumbing), false, followed)));
    }

    /** What is carried already goes on up to the shard's end, and nothing is begun. */
    private static Uni<ShardPlan> ending(ShardCheckpoint claimed, Discovery found, Plumbing plumbing) {
        if (claimed.tables() == null) {
            // there is nothing of it, and others have its rows
            return Uni.createFrom().item(new ShardPlan(claimed.without(Set.of()), found, Set.of(), true, List.of()));
        }
        if (!plumbing.source().snapshot()) {
            // nobody copies what is new
            return plan(claimed, found, plumbing);
        }
        return leave(claimed, found, unfinished(claimed), plumbing).flatMap(rest -> {
            if (rest.closed()) {
                return Uni.createFrom().item(new ShardPlan(rest, found, Set.of(), true, List.of()));
            }
            Set<String> strange = new HashSet<>(found.names());
            strange.removeAll(Objects.requireNonNull(rest.tables()));
            Discovery carried = found.without(strange);
            return new FollowedColumns(rest, carried, plumbing)
                    .tables()
                    .map(followed -> new ShardPlan(rest, carried, kept(found, plumbing), !strange.isEmpty(), followed));
        });
    }

    private static Set<String> kept(Discovery found, Plumbing plumbing) {
        return plumbing.resnapshots() ? found.keyless() : found.names();
    }

    /** Tables that are not copied whole. */
    private static Set<String> unfinished(ShardCheckpoint claimed) {
        return claimed.parts().stream()
                .filter(part -> !part.copied())
                .map(part -> part.id().table())
                .collect(Collectors.toSet());
    }

    /** Tables of which a copy is in its middle. */
    private static Set<String> begun(ShardCheckpoint claimed) {
        return claimed.parts().stream()
                .filter(part -> !part.copied() && part.position() != null)
                .map(part -> part.id().table())
                .collect(Collectors.toSet());
    }

    /**
     * Goes on without tables, whose copies then begin again where the rows are now, over those that are at the target: what of
     * these the source has no more is to be swept.
     */
    private static Uni<ShardCheckpoint> leave(
            ShardCheckpoint claimed, Discovery found, Set<String> tables, Plumbing plumbing) {
        if (tables.isEmpty()) {
            return Uni.createFrom().item(claimed);
        }
        Set<String> written = claimed.parts().stream()
                .filter(part -> part.position() != null)
                .map(part -> part.id().table())
                .filter(table -> tables.contains(table) && found.names().contains(table))
                .collect(Collectors.toSet());
        if (!written.isEmpty() && !plumbing.resnapshots()) {
            throw new PipelineException(
                    Kind.LOST,
                    claimed.shard() + ": the shard was resharded in the middle of the copies of tables " + written
                            + ": " + LostPosition.ADVICE);
        }
        LOG.infof("%s: was resharded before tables %s were copied: they are copied again", claimed.shard(), tables);
        return plumbing.checkpoints()
                .leave(claimed, tables, written, kept(found, plumbing))
                .map(left -> claimed.without(tables));
    }

    private static Uni<ShardCheckpoint> complete(ShardCheckpoint claimed, Discovery found, Plumbing plumbing) {
        checkRanges(claimed, found, plumbing.ranged());
        Set<String> known = known(claimed, found);
        if (!plumbing.source().snapshot()) {
            if (claimed.tables() != null && known.equals(found.names())) {
                return Uni.createFrom().item(claimed);
            }
            Position saved = claimed.changes();
            Position changes = saved == null ? found.position(claimed.shard()) : saved;
            return store(claimed, changes, found.names(), List.of(), found, plumbing);
        }
        Set<String> tables = withThoseThatLeft(known, found);
        if (claimed.tables() != null && known.equals(tables)) {
            return Uni.createFrom().item(claimed);
        }
        Set<String> planned = new HashSet<>(known);
        claimed.parts().forEach(part -> planned.add(part.id().table()));
        List<SourceTable> added = found.tables().stream()
                .filter(table -> !planned.contains(table.id().name()))
                .toList();
        return plumbing.source()
                .parts(claimed.shard(), added, plumbing.ranged()::includes)
                .flatMap(parts -> store(claimed, claimed.changes(), tables, parts, found, plumbing));
    }

    /** What was followed before; a table that came back from another keyspace is a new one. */
    private static Set<String> known(ShardCheckpoint claimed, Discovery found) {
        Set<String> known = new HashSet<>(Objects.requireNonNullElse(claimed.tables(), Set.of()));
        found.inherited().forEach(table -> known.remove(table.name() + ShardCheckpoint.LEFT));
        return known;
    }

    /** The tables as they are to be remembered: one that was followed once can't be taken for a new one. */
    private static Set<String> withThoseThatLeft(Set<String> known, Discovery found) {
        Set<String> tables = new HashSet<>(found.names());
        for (String name : known) {
            if (!tables.contains(name)) {
                tables.add(name.endsWith(ShardCheckpoint.LEFT) ? name : name + ShardCheckpoint.LEFT);
            }
        }
        for (String name : found.names()) {
            if (tables.contains(name + ShardCheckpoint.LEFT)) {
                throw new PipelineException(
                        Kind.SETTING,
                        "TRIBUTARY_SOURCE: table '" + name
                                + "' was followed, then left out or dropped, and is back: its"
                                + " changes of that time are missing at the target. Leave it out (exclude=" + name
                                + "), or empty it at the target and carry it in a pipeline of its own"
                                + " (TRIBUTARY_PIPELINE, tables=" + name + ")");
            }
        }
        return tables;
    }

    /** Parts of an earlier start were cut under the key of then. */
    private static void checkRanges(ShardCheckpoint claimed, Discovery found, RangedTables ranged) {
        for (PartCheckpoint part : claimed.parts()) {
            String name = part.id().table();
            if (part.id().index() > 0 && found.names().contains(name) && !ranged.includes(found.table(name))) {
                throw new PipelineException(
                        Kind.SETTING,
                        "TRIBUTARY_KEY_COLUMNS: table '" + name + "' is being copied in key ranges under its own key ("
                                + String.join(", ", found.table(name).key())
                                + "), which its new key does not hold; take the setting back, or start a new pipeline"
                                + " (TRIBUTARY_PIPELINE) into an empty target");
            }
        }
    }

    private static Uni<ShardCheckpoint> store(
            ShardCheckpoint claimed,
            @Nullable Position changes,
            Set<String> tables,
            List<PartCheckpoint> added,
            Discovery found,
            Plumbing plumbing) {
        List<PartCheckpoint> parts = new ArrayList<>(claimed.parts());
        for (PartCheckpoint part : added) {
            // behind a place of the changes their rows are not told there
            parts.add(new PartCheckpoint(part.id(), part.range(), null, false, claimed.changes() != null));
        }
        Position begun = claimed.changes() == null ? changes : null;
        boolean alone =
                !plumbing.source().hasManyKeyspaces() && found.inherited().isEmpty();
        Uni<Void> planned = alone
                ? plumbing.checkpoints().plan(claimed, begun, tables, added)
                : plumbing.checkpoints().planAlone(claimed, begun, tables, added, inherited(claimed, added, found));
        return planned.map(done -> new ShardCheckpoint(claimed.shard(), claimed.epoch(), changes, tables, parts));
    }

    /** Those of which the target has rows of another keyspace's. */
    private static Set<String> inherited(ShardCheckpoint claimed, List<PartCheckpoint> added, Discovery found) {
        Set<String> names = new HashSet<>();
        added.forEach(part -> names.add(part.id().table()));
        names.retainAll(found.inherited().stream().map(TableId::name).collect(Collectors.toSet()));
        Set<String> keyless = found.keyless();
        keyless.retainAll(names);
        if (!keyless.isEmpty()) {
            throw new PipelineException(
                    Kind.FATAL,
                    claimed.shard() + ": tables " + keyless
                            + " were moved here from another keyspace, and have no key, so that they can't be copied over"
                            + " what is at the target: leave them out (TRIBUTARY_SOURCE, parameter 'exclude') and carry"
                            + " them in a pipeline of their own, into empty tables");
        }
        return names;
    }

    /** A table of these, with the columns that its rows have where they go on. */
    SourceTable followed(String name) {
        return followed.stream()
                .filter(table -> table.id().name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Up to where tables may have been looked up; null if those that are not among them are no matter of the stream's. */
    @Nullable
    Position discovered(ShardSource source) {
        Position found = discovery.position(checkpoint.shard());
        return found != null || source.snapshot() ? found : checkpoint.changes();
    }

    /** Whether no copy was begun when the shard was claimed. */
    boolean isFresh() {
        return checkpoint.changes() == null && checkpoint.parts().stream().allMatch(part -> part.position() == null);
    }

    /** Where the change stream goes on, or begins: where the first part ended, or at once where there was no table. */
    Position changesFrom(SnapshotParts parts, ShardSource source) {
        Position saved = checkpoint.changes();
        if (saved != null) {
            return saved;
        }
        if (!parts.isEmpty()) {
            return source.first(parts.all());
        }
        Position found = discovery.position(checkpoint.shard());
        if (found == null) {
            throw new PipelineException(
                    Kind.FATAL,
                    checkpoint.shard() + ": the shard was resharded before anything of it was carried; start again");
        }
        return found;
    }
}
