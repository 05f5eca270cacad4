package dev.tributary.workload;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What one customer of the shop does, at random, a transaction a call. Workers keep to customers of their own, so that they wait for each other rarely.
 */
final class ShopTransactions {
    /** Counts what is new, so that keys don't meet even where a commit's outcome is not known. */
    private static final AtomicInteger CREATED = new AtomicInteger(1_000_000);

    /**
     * One transaction across shards at a time: where the start of a copy waits for one and others wait for it, in two
     * shards at once, no server sees the circle, and all stand still until vttablet's time limit of 30 s.
     */
    private static final ReentrantLock ACROSS_SHARDS = new ReentrantLock();

    private interface Step {
        void run(Connection connection) throws SQLException;
    }

    private final ShopSize size;
    private final RandomValues random;
    private final int worker;
    private final int workers;
    private final List<Step> steps;
    private final List<Step> stepsAcrossShards;

    ShopTransactions(ShopSize size, long seed, int worker, int workers) {
        this.size = size;
        this.random = new RandomValues(seed + 7919L * worker);
        this.worker = worker;
        this.workers = workers;
        this.steps = List.of(
                this::placeOrder,
                this::placeOrder,
                this::placeOrder,
                this::changeOrders,
                this::cancelOrder,
                this::renumberOrder,
                this::renumberLines,
                this::changeCustomer,
                this::changeProducts,
                this::replaceProduct,
                this::writeLog,
                this::tidyLog,
                this::takeNote,
                this::changeNotes,
                this::swapCoupons,
                this::measure,
                this::changeKeysOfNumbers);
        this.stepsAcrossShards = List.of(this::moveCustomer, this::changeManyCustomers);
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

    private int customer() {
        return own(size.customers());
    }

    /** A number from 1 to {@code most} of this worker's own. */
    private int own(int most) {
        int number = random.below(most) / workers * workers + worker;
        return number == 0 ? workers : number;
    }

    private static int fresh() {
        return CREATED.incrementAndGet();
    }

    private void placeOrder(Connection connection) throws SQLException {
        int customer = customer();
        int number = fresh();
        Rows orders = ShopRows.orders(connection);
        ShopRows.order(orders, random, customer, number);
        orders.flush();
        Rows lines = ShopRows.lines(connection);
        int count = random.below(5);
        for (int line = 1; line <= count; line++) {
            ShopRows.line(lines, random, size, customer, number, line);
        }
        lines.flush();
        update(
                connection,
                "UPDATE customers SET balance = balance - ?, seen = ? WHERE id = ?",
                random.price(),
                random.seen(),
                customer);
        log(connection, customer, "ordered", null, 1 + random.below(3));
    }

    private void changeOrders(Connection connection) throws SQLException {
        update(
                connection,
                "UPDATE orders SET status = ?, remark = ?, token = ? WHERE customer_id = ? AND number % 3 = ?",
                random.status(),
                random.text(),
                random.bytes(16),
                customer(),
                random.below(3));
    }

    private @Nullable Integer someOrder(Connection connection, int customer) throws SQLException {
        String sql = "SELECT number FROM orders WHERE customer_id = ? ORDER BY number "
                + (random.oneIn(2) ? "DESC" : "ASC") + " LIMIT 1";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setInt(1, customer);
            try (var result = statement.executeQuery()) {
                return result.next() ? result.getInt(1) : null;
            }
        }
    }

    private void cancelOrder(Connection connection) throws SQLException {
        int customer = customer();
        Integer number = someOrder(connection, customer);
        if (number == null) {
            return;
        }
        update(connection, "DELETE FROM order_lines WHERE customer_id = ? AND order_number = ?", customer, number);
        update(connection, "DELETE FROM orders WHERE customer_id = ? AND number = ?", customer, number);
        log(connection, customer, "cancelled", String.valueOf(number), 2);
    }

    /** Changes a key that others refer to: lines go first and come back. */
    private void renumberOrder(Connection connection) throws SQLException {
        int customer = customer();
        Integer number = someOrder(connection, customer);
        if (number == null) {
            return;
        }
        int next = fresh();
        update(connection, "DELETE FROM order_lines WHERE customer_id = ? AND order_number = ?", customer, number);
        update(connection, "UPDATE orders SET number = ? WHERE customer_id = ? AND number = ?", next, customer, number);
        Rows lines = ShopRows.lines(connection);
        ShopRows.line(lines, random, size, customer, next, 1);
        lines.flush();
    }

    private void renumberLines(Connection connection) throws SQLException {
        int customer = customer();
        int step = random.oneIn(2) ? 1 : -1;
        update(
                connection,
                "UPDATE order_lines SET line = line + ? WHERE customer_id = ? ORDER BY line "
                        + (step > 0 ? "DESC" : "ASC"),
                step,
                customer);
    }

    private void changeCustomer(Connection connection) throws SQLException {
        update(
                connection,
                "UPDATE customers SET name = ?, rating = ?, preferences = ?, flags = ?, tier = ?, interests = ?, seen = ?"
                        + " WHERE id = ?",
                random.latin(),
                random.floatText(),
                random.json(),
                random.flags(),
                random.tier(),
                random.interests(),
                random.seen(),
                customer());
    }

    /** A key change as VTGate allows it where the key decides on the shard: the row goes, and is new elsewhere. */
    private void moveCustomer(Connection connection) throws SQLException {
        int customer = customer();
        if (update(connection, "DELETE FROM customers WHERE id = ?", customer) == 1) {
            Rows customers = ShopRows.customers(connection);
            ShopRows.customer(customers, random, fresh());
            customers.flush();
        } else {
            Rows customers = ShopRows.customers(connection);
            ShopRows.customer(customers, random, customer);
            customers.flush();
        }
    }

    private void changeManyCustomers(Connection connection) throws SQLException {
        int from = customer();
        update(
                connection,
                "UPDATE customers SET balance = balance + ? WHERE id BETWEEN ? AND ? AND id % ? = ?",
                random.amount(),
                from,
                from + 40 * workers,
                workers,
                worker);
    }

    private void changeProducts(Connection connection) throws SQLException {
        update(
                connection,
                "UPDATE products SET price = ?, weight = ?, picture = ?, title = ? WHERE sku = ?",
                random.price(),
                random.doubleText(),
                random.bytes(300),
                random.someText(),
                RandomValues.sku(own(size.products())));
    }

    /** The same key to the table, in other letters. */
    private void replaceProduct(Connection connection) throws SQLException {
        String sku = RandomValues.sku(own(size.products()));
        update(connection, "DELETE FROM products WHERE sku = ?", sku);
        if (!random.oneIn(5)) {
            Rows products = ShopRows.products(connection);
            ShopRows.product(products, random, random.oneIn(2) ? sku : sku.replace("SKU", "sKu"));
            products.flush();
        }
    }

    private void writeLog(Connection connection) throws SQLException {
        log(connection, customer(), random.oneOf(List.of("clicked", "looked")), random.text(), 1 + random.below(6));
    }

    private void log(Connection connection, int actor, String action, @Nullable String detail, int times)
            throws SQLException {
        Rows log = ShopRows.log(connection);
        for (int i = 0; i < times; i++) {
            ShopRows.logged(log, actor, action, detail);
        }
        log.flush();
    }

    /** Of rows that nothing tells apart one goes, and one becomes another. */
    private void tidyLog(Connection connection) throws SQLException {
        int actor = customer();
        if (random.oneIn(2)) {
            update(connection, "DELETE FROM `audit log` WHERE actor = ? LIMIT 1", actor);
        } else {
            update(connection, "UPDATE `audit log` SET detail = ? WHERE actor = ? LIMIT 1", random.text(), actor);
        }
    }

    private void takeNote(Connection connection) throws SQLException {
        Rows notes = ShopRows.notes(connection);
        notes.add(RandomValues.noteId(fresh()), random.text(), random.below(1000));
        notes.flush();
    }

    private void changeNotes(Connection connection) throws SQLException {
        byte[] id = RandomValues.noteId(own(size.notes()));
        if (random.oneIn(3)) {
            update(connection, "DELETE FROM `order-notes ünïcode` WHERE id = ?", id);
        } else {
            update(
                    connection,
                    "UPDATE `order-notes ünïcode` SET `nöte text` = ?, `select` = `select` + 1 WHERE id = ?",
                    random.text(),
                    id);
        }
    }

    /** Two rows swap what must be unique. */
    private void swapCoupons(Connection connection) throws SQLException {
        int customer = Math.max(4, customer() / 4 * 4);
        String between = "swapping " + customer + " " + worker;
        String swap = "UPDATE coupons SET code = ? WHERE customer_id = ? AND id = ?";
        String first = couponCode(connection, customer, 1);
        String second = couponCode(connection, customer, 2);
        if (first == null || second == null) {
            return;
        }
        update(connection, swap, between, customer, 1);
        update(connection, swap, first, customer, 2);
        update(connection, swap, second, customer, 1);
    }

    private static @Nullable String couponCode(Connection connection, int customer, int id) throws SQLException {
        String sql = "SELECT code FROM coupons WHERE customer_id = ? AND id = ? FOR UPDATE";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setInt(1, customer);
            statement.setInt(2, id);
            try (var result = statement.executeQuery()) {
                return result.next() ? result.getString(1) : null;
            }
        }
    }

    private void measure(Connection connection) throws SQLException {
        int device = own(size.devices());
        Rows readings = ShopRows.readings(connection);
        readings.add(device, random.decimalKey().add(BigDecimal.valueOf(fresh())), random.text());
        readings.flush();
        Rows factors = ShopRows.factors(connection);
        factors.add(Double.toString(fresh() / 64.0), device, random.text());
        factors.flush();
    }

    private void changeKeysOfNumbers(Connection connection) throws SQLException {
        int device = own(size.devices());
        switch (random.below(4)) {
            case 0 -> update(connection, "UPDATE readings SET reading = -reading WHERE device = ? LIMIT 2", device);
            case 1 -> update(connection, "DELETE FROM readings WHERE device = ? ORDER BY reading LIMIT 1", device);
            case 2 -> update(connection, "UPDATE factors SET factor = factor * -2 WHERE device = ? LIMIT 2", device);
            default -> update(connection, "UPDATE factors SET note = ? WHERE device = ?", random.text(), device);
        }
    }

    private static int update(Connection connection, String sql, @Nullable Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            return statement.executeUpdate();
        }
    }
}
