package dev.tributary.seeds;

import dev.tributary.servers.VitessCluster;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/** Some tables of any types, keys and charsets. */
public final class RandomSchema {
    private final List<RandomTable> tables = new ArrayList<>();

    public RandomSchema(long seed) {
        Random random = new Random(seed);
        int count = 3 + random.nextInt(4);
        for (int i = 0; i < count; i++) {
            String name = ColumnKind.oneOf(random, "t" + i, "T " + i, "tä" + i, "select" + i, "q'" + i, "d-" + i);
            // the columns of the first are those that are changed
            tables.add(RandomTable.make(name, random, i < 2));
        }
    }

    List<RandomTable> tables() {
        return tables;
    }

    /** Makes the tables in the cluster's first keyspace, which is emptied. */
    public void create(VitessCluster cluster) throws SQLException {
        cluster.resetKeyspace();
        // rows are written into the shards past VTGate, so that it need not know where they belong
        for (RandomTable table : tables) {
            cluster.execute(table.create());
        }
    }

    @Override
    public String toString() {
        return tables.stream().map(RandomTable::create).collect(Collectors.joining(";\n"));
    }
}
