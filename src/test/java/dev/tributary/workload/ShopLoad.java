package dev.tributary.workload;

import dev.tributary.servers.VitessCluster;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Customers who buy at random, through VTGate, until they are stopped. A transaction that a server refuses is rolled back
 * and forgotten; where a server is gone the workers try again until it is back.
 */
public final class ShopLoad implements AutoCloseable {
    private static final Duration STOP_LIMIT = Duration.ofSeconds(60);

    private final VitessCluster cluster;
    private final ScheduledExecutorService threads;
    private final List<Worker> workers = new ArrayList<>();
    private final AtomicLong committed = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private volatile String lastRefusal = "";
    private volatile @Nullable RuntimeException failure;

    private ShopLoad(VitessCluster cluster, int workers) {
        this.cluster = cluster;
        this.threads = Executors.newScheduledThreadPool(
                workers, Thread.ofPlatform().name("shop-load-", 0).daemon().factory());
    }

    /**
     * Starts it.
     *
     * @param seed the same one makes the same transactions, not the same order of those of different workers
     * @param perSecond transactions a second of all workers, if the servers are up to it
     */
    public static ShopLoad start(VitessCluster cluster, ShopSize size, long seed, int workers, int perSecond) {
        ShopLoad load = new ShopLoad(cluster, workers);
        long period = 1_000_000_000L * workers / perSecond;
        for (int i = 0; i < workers; i++) {
            Worker worker = load.new Worker(new ShopTransactions(size, seed, i, workers));
            load.workers.add(worker);
            load.threads.scheduleAtFixedRate(worker, period * i / workers, period, TimeUnit.NANOSECONDS);
        }
        return load;
    }

    /** Transactions that were committed. */
    public long committed() {
        return committed.get();
    }

    /** Transactions that were rolled back, or whose servers were gone. */
    public long refused() {
        return refused.get();
    }

    /** Why one was refused last. */
    public String lastRefusal() {
        return lastRefusal;
    }

    /** Returns once no transaction is under way and none will be. */
    public void stop() {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("the load did not stop within " + STOP_LIMIT.toSeconds() + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        workers.forEach(Worker::disconnect);
        RuntimeException failed = failure;
        if (failed != null) {
            throw new IllegalStateException("the load ended by itself", failed);
        }
    }

    @Override
    public void close() {
        stop();
    }

    private final class Worker implements Runnable {
        private final ShopTransactions transactions;
        private @Nullable Connection connection;

        Worker(ShopTransactions transactions) {
            this.transactions = transactions;
        }

        @Override
        public void run() {
            try {
                Connection open = connected();
                try {
                    transactions.runOne(open);
                    committed.incrementAndGet();
                } catch (SQLException e) {
                    refuse(e);
                    open.rollback();
                }
            } catch (SQLException e) {
                refuse(e);
                disconnect();
            } catch (RuntimeException e) {
                failure = e;
                throw e;
            }
        }

        private void refuse(SQLException e) {
            refused.incrementAndGet();
            String message = String.valueOf(e.getMessage());
            lastRefusal = message.substring(0, Math.min(300, message.length()));
        }

        private Connection connected() throws SQLException {
            Connection open = connection;
            if (open == null || open.isClosed()) {
                open = cluster.connect();
                open.setAutoCommit(false);
                connection = open;
            }
            return open;
        }

        private void disconnect() {
            Connection open = connection;
            connection = null;
            if (open != null) {
                try {
                    open.close();
                } catch (SQLException e) {
                    refuse(e);
                }
            }
        }
    }
}
