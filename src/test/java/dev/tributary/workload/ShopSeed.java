package dev.tributary.workload;

import dev.tributary.servers.VitessCluster;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Fills the tables of a shop through VTGate. The same seed makes the same rows. */
public final class ShopSeed {
    private static final int THREADS = 4;
    private static final int CUSTOMERS_PER_TASK = 500;

    private ShopSeed() {}

    /** Inserts the first rows and returns how many there are. */
    public static long load(VitessCluster cluster, ShopSize size, long seed) throws SQLException {
        List<Callable<Integer>> tasks = new ArrayList<>();
        for (int from = 1; from <= size.customers(); from += CUSTOMERS_PER_TASK) {
            int first = from;
            int end = Math.min(size.customers() + 1, from + CUSTOMERS_PER_TASK);
            tasks.add(() -> inTransaction(
                    cluster, seed + first, (connection, random) -> customers(connection, random, size, first, end)));
        }
        tasks.add(() -> inTransaction(cluster, seed - 1, (connection, random) -> products(connection, random, size)));
        tasks.add(() -> inTransaction(cluster, seed - 2, (connection, random) -> notes(connection, random, size)));
        tasks.add(() -> inTransaction(cluster, seed - 3, (connection, random) -> devices(connection, random, size)));
        long rows = 0;
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            for (Future<Integer> loaded : threads.invokeAll(tasks)) {
                rows += loaded.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("the shop was not seeded", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while seeding", e);
        }
        return rows;
    }

    @FunctionalInterface
    private interface Task {
        int insert(Connection connection, RandomValues random) throws SQLException;
    }

    private static int inTransaction(VitessCluster cluster, long seed, Task task) throws SQLException {
        try (Connection connection = cluster.connect()) {
            connection.setAutoCommit(false);
            int rows = task.insert(connection, new RandomValues(seed));
            connection.commit();
            return rows;
        }
    }

    private static int customers(Connection connection, RandomValues random, ShopSize size, int first, int end)
            throws SQLException {
        Rows customers = ShopRows.customers(connection);
        Rows orders = ShopRows.orders(connection);
        Rows lines = ShopRows.lines(connection).after(orders);
        Rows coupons = ShopRows.coupons(connection);
        Rows log = ShopRows.log(connection);
        for (int id = first; id < end; id++) {
            ShopRows.customer(customers, random, id);
            int count = id % 5;
            for (int number = 1; number <= count; number++) {
                ShopRows.order(orders, random, id, number);
                for (int line = 1; line <= (id + number) % 4 + 1; line++) {
                    ShopRows.line(lines, random, size, id, number, line);
                }
            }
            if (id % 4 == 0) {
                coupons.add(id, 1, "coupon " + id + " A");
                coupons.add(id, 2, "coupon " + id + " B");
            }
            ShopRows.logged(log, id, "registered", null);
            if (id % 7 == 0) {
                ShopRows.logged(log, id, "registered", null);
                ShopRows.logged(log, id, "clicked", random.text());
            }
        }
        int rows = 0;
        for (Rows table : List.of(customers, orders, lines, coupons, log)) {
            table.flush();
            rows += table.total();
        }
        return rows;
    }

    private static int products(Connection connection, RandomValues random, ShopSize size) throws SQLException {
        Rows products = ShopRows.products(connection);
        for (int number = 1; number <= size.products(); number++) {
            ShopRows.product(products, random, RandomValues.sku(number));
        }
        products.flush();
        return products.total();
    }

    private static int notes(Connection connection, RandomValues random, ShopSize size) throws SQLException {
        Rows notes = ShopRows.notes(connection);
        for (int number = 1; number <= size.notes(); number++) {
            notes.add(RandomValues.noteId(number), random.text(), random.below(1000));
        }
        notes.flush();
        return notes.total();
    }

    private static int devices(Connection connection, RandomValues random, ShopSize size) throws SQLException {
        Rows readings = ShopRows.readings(connection);
        Rows factors = ShopRows.factors(connection);
        for (int device = 1; device <= size.devices(); device++) {
            for (int i = 0; i < 4; i++) {
                readings.add(device, random.decimalKey().add(BigDecimal.valueOf(100_000L * i)), random.text());
                factors.add(Double.toString(Math.pow(10, 25.0 * i) * (1 + random.below(50) / 8.0)), device, null);
            }
        }
        readings.flush();
        factors.flush();
        return readings.total() + factors.total();
    }
}
