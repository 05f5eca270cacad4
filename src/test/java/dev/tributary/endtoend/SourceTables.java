package dev.tributary.endtoend;

import dev.tributary.servers.VitessCluster;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** Tables of one test in a keyspace that it has for itself. */
final class SourceTables {
    private static final int ROWS_PER_STATEMENT = 500;

    private final VitessCluster source;
    private final List<String> vschema = new ArrayList<>();

    private SourceTables(VitessCluster source) {
        this.source = source;
    }

    /** Drops what there is. */
    static SourceTables in(VitessCluster source) throws SQLException {
        source.resetKeyspace();
        return new SourceTables(source);
    }

    /** Makes a table whose rows go to the shard that the hash of a column says. */
    SourceTables create(String table, String shardingColumn, String definition) throws SQLException {
        vschema.add("\"" + table + "\": {\"column_vindexes\": [{\"column\": \"" + shardingColumn
                + "\", \"name\": \"hash\"}]}");
        source.applyVSchema("{\"sharded\": true, \"vindexes\": {\"hash\": {\"type\": \"hash\"}}, \"tables\": {"
                + String.join(", ", vschema) + "}}");
        source.execute("CREATE TABLE `" + table + "` (" + definition + ")");
        return this;
    }

    /** Inserts rows through VTGate, each as SQL's list of values makes it for the numbers from 1 on. */
    SourceTables insert(String table, int rows, IntFunction<String> values) throws SQLException {
        // VTGate learns a new table's columns some time after it is made
        String columns = source.mysqldOf(source.shards().getFirst())
                .query("SELECT GROUP_CONCAT(CONCAT('`', column_name, '`') ORDER BY ordinal_position)"
                        + " FROM information_schema.columns WHERE table_schema = 'vt_" + source.keyspace()
                        + "' AND table_name = '" + table + "'")
                .getFirst()
                .getFirst();
        for (int from = 1; from <= rows; from += ROWS_PER_STATEMENT) {
            List<String> some = new ArrayList<>();
            for (int i = from; i < Math.min(rows + 1, from + ROWS_PER_STATEMENT); i++) {
                some.add("(" + values.apply(i) + ")");
            }
            source.execute("INSERT INTO `" + table + "` (" + columns + ") VALUES " + String.join(", ", some));
        }
        return this;
    }
}
