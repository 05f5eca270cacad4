package dev.tributary.sink.mysql;

import dev.tributary.record.ColumnDefinition;
import java.util.ArrayList;
import java.util.List;

/**
 * What is to be done at the target about a schema change of one table. Used by one evolution at a time.
 *
 * @param early statements that every shard's rows can live with, to be run when the first shard comes to the change
 * @param late statements to be run when every shard has come to it, for rows of before would not fit or would go
 * @param reasons what they do, in words that are the same whichever shard it is
 * @param warnings what is not done
 * @param then the columns of the source table behind the change
 */
record SchemaPlan(
        List<String> early,
        List<String> late,
        List<String> reasons,
        List<String> warnings,
        List<ColumnDefinition> then) {
    static SchemaPlan of(List<ColumnDefinition> then) {
        return new SchemaPlan(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), then);
    }

    void late(String reason, String sql) {
        late.add(sql);
        reasons.add(reason);
    }

    /** What every shard has to come to; empty if nothing. */
    String meeting() {
        return String.join("; ", reasons.stream().sorted().toList());
    }
}
