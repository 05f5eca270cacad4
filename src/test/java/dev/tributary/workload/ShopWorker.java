package dev.tributary.workload;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Who makes transactions: keeps to customers, products and so on of its own, so that workers wait for each other rarely. */
final class ShopWorker {
    /** Counts what is new, so that keys don't meet even where a commit's outcome is not known. */
    private static final AtomicInteger CREATED = new AtomicInteger(1_000_000);

    final ShopSize size;
    final RandomValues random;
    final int number;
    final int workers;

    ShopWorker(ShopSize size, long seed, int number, int workers) {
        this.size = size;
        this.random = new RandomValues(seed + 7919L * number);
        this.number = number;
        this.workers = workers;
    }

    int customer() {
        return own(size.customers());
    }

    /** A number from 1 to {@code most} of this worker's own. */
    int own(int most) {
        int found = random.below(most) / workers * workers + number;
        return found == 0 ? workers : found;
    }

    int fresh() {
        return CREATED.incrementAndGet();
    }

    void log(Connection connection, int actor, String action, @Nullable String detail, int times) throws SQLException {
        Rows log = ShopRows.log(connection);
        for (int i = 0; i < times; i++) {
            ShopRows.logged(log, actor, action, detail);
        }
        log.flush();
    }

    static int update(Connection connection, String sql, @Nullable Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            return statement.executeUpdate();
        }
    }
}
