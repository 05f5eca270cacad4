package dev.tributary.workload;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What the customers of one worker do, at random, a transaction a call.
 */
final class ShopTransactions {
    /**
     * One transaction across shards at a time: where the start of a copy waits for one and others wait for it, in two
     * shards at once, no server sees the circle, and all stand still until vttablet's time limit of 30 s.
     */
    private static final ReentrantLock ACROSS_SHARDS = new ReentrantLock();

    private interface Step {
        void run(Connection connection) throws SQLException;
    }

    private final RandomValues random;
    private final List<Step> steps;
    private final List<Step> stepsAcrossShards;

    ShopTransactions(ShopSize size, long seed, int worker, int workers) {
        ShopWorker self = new ShopWorker(size, seed, worker, workers);
        CustomerSteps customers = new CustomerSteps(self);
        ShopSteps shop = new ShopSteps(self);
        this.random = self.random;
        this.steps = List.of(
                customers::placeOrder,
                customers::placeOrder,
                customers::placeOrder,
                customers::changeOrders,
                customers::cancelOrder,
                customers::renumberOrder,
                customers::renumberLines,
                customers::changeCustomer,
                shop::changeProducts,
                shop::replaceProduct,
                shop::writeLog,
                shop::tidyLog,
                shop::takeNote,
                shop::changeNotes,
                shop::swapCoupons,
                shop::measure,
                shop::changeKeysOfNumbers);
        this.stepsAcrossShards = List.of(customers::moveCustomer, customers::changeManyCustomers);
    }

    /** Runs one transaction and commits it. */
    void runOne(Connection connection) throws SQLException {
        if (random.oneIn(8)) {
            ACROSS_SHARDS.lock();
            try {
                random.oneOf(stepsAcrossShards).run(connection);
                connection.commit();
            } finally {
                ACROSS_SHARDS.unlock();
            }
        } else {
            random.oneOf(steps).run(connection);
            connection.commit();
        }
    }
}
