package dev.tributary.sink.mysql;

import dev.tributary.record.ColumnDefinition;
import dev.tributary.route.TargetTable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is to be done at the target about a schema change of one table. Used by one evolution at a time.
 *
 * @param early statements that every shard's rows can live with, to be run when the first shard comes to the change
 * @param late statements to be run when every shard has come to it, for rows of before would not fit or would go
 * @param reasons what every shard has to come to for these, in words that are the same whichever shard it is
 * @param partings the same, of what takes nothing away, but parts the shards' rows
 * @param warnings what is not done
 * @param then the columns of the source table behind the change
 */
record SchemaPlan(
        List<String> early,
        List<String> late,
        List<String> reasons,
        List<String> partings,
        List<String> warnings,
        List<ColumnDefinition> then) {
    static SchemaPlan of(List<ColumnDefinition> then) {
        return new SchemaPlan(
                new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), then);
    }

    void late(String reason, String sql) {
        late.add(sql);
        reasons.add(reason);
    }

    /**
     * A column gets values from one shard and not from another. A row without a key is found by all of its values: one of the
     * shard that has none for this column could be taken for one of the shard that has.
     *
     * @return whether the shards have to come to it together for that
     */
    boolean parts(String what, TargetTable target) {
        return target.keyColumns().isEmpty() && partings.add(what);
    }

    /** Whether nothing but {@link #parts} makes the shards meet. */
    boolean gentle() {
        return reasons.isEmpty();
    }

    /** What every shard has to come to; empty if nothing. */
    String meeting() {
        return Stream.concat(reasons.stream(), partings.stream()).sorted().collect(Collectors.joining("; "));
    }
}
