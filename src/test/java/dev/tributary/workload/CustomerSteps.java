package dev.tributary.workload;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** What becomes of customers, their orders and the orders' lines. */
final class CustomerSteps {
    private final ShopWorker worker;

    CustomerSteps(ShopWorker worker) {
        this.worker = worker;
    }

    void placeOrder(Connection connection) throws SQLException {
        int customer = worker.customer();
        int number = worker.fresh();
        Rows orders = ShopRows.orders(connection);
        ShopRows.order(orders, worker.random, customer, number);
        orders.flush();
        Rows lines = ShopRows.lines(connection);
        int count = worker.random.below(5);
        for (int line = 1; line <= count; line++) {
            ShopRows.line(lines, worker.random, worker.size, customer, number, line);
        }
        lines.flush();
        ShopWorker.update(
                connection,
                "UPDATE customers SET balance = balance - ?, seen = ? WHERE id = ?",
                worker.random.price(),
                worker.random.seen(),
                customer);
        worker.log(connection, customer, "ordered", null, 1 + worker.random.below(3));
    }

    void changeOrders(Connection connection) throws SQLException {
        ShopWorker.update(
                connection,
                "UPDATE orders SET status = ?, remark = ?, token = ? WHERE customer_id = ? AND number % 3 = ?",
                worker.random.status(),
                worker.random.text(),
                worker.random.bytes(16),
                worker.customer(),
                worker.random.below(3));
    }

    private @Nullable Integer someOrder(Connection connection, int customer) throws SQLException {
        String sql = "SELECT number FROM orders WHERE customer_id = ? ORDER BY number "
                + (worker.random.oneIn(2) ? "DESC" : "ASC") + " LIMIT 1";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setInt(1, customer);
            try (var result = statement.executeQuery()) {
                return result.next() ? result.getInt(1) : null;
            }
        }
    }

    void cancelOrder(Connection connection) throws SQLException {
        int customer = worker.customer();
        Integer number = someOrder(connection, customer);
        if (number == null) {
            return;
        }
        ShopWorker.update(
                connection, "DELETE FROM order_lines WHERE customer_id = ? AND order_number = ?", customer, number);
        ShopWorker.update(connection, "DELETE FROM orders WHERE customer_id = ? AND number = ?", customer, number);
        worker.log(connection, customer, "cancelled", String.valueOf(number), 2);
    }

    /** Changes a key that others refer to: lines go first and come back. */
    void renumberOrder(Connection connection) throws SQLException {
        int customer = worker.customer();
        Integer number = someOrder(connection, customer);
        if (number == null) {
            return;
        }
        int next = worker.fresh();
        ShopWorker.update(
                connection, "DELETE FROM order_lines WHERE customer_id = ? AND order_number = ?", customer, number);
        ShopWorker.update(
                connection,
                "UPDATE orders SET number = ? WHERE customer_id = ? AND number = ?",
                next,
                customer,
                number);
        Rows lines = ShopRows.lines(connection);
        ShopRows.line(lines, worker.random, worker.size, customer, next, 1);
        lines.flush();
    }

    void renumberLines(Connection connection) throws SQLException {
        int customer = worker.customer();
        int step = worker.random.oneIn(2) ? 1 : -1;
        ShopWorker.update(
                connection,
                "UPDATE order_lines SET line = line + ? WHERE customer_id = ? ORDER BY line "
                        + (step > 0 ? "DESC" : "ASC"),
                step,
                customer);
    }

    void changeCustomer(Connection connection) throws SQLException {
        ShopWorker.update(
                connection,
                "UPDATE customers SET name = ?, rating = ?, preferences = ?, flags = ?, tier = ?, interests = ?, seen = ?"
                        + " WHERE id = ?",
                worker.random.latin(),
                worker.random.floatText(),
                worker.random.json(),
                worker.random.flags(),
                worker.random.tier(),
                worker.random.interests(),
                worker.random.seen(),
                worker.customer());
    }

    /** A key change as VTGate allows it where the key decides on the shard: the row goes, and is new elsewhere. */
    void moveCustomer(Connection connection) throws SQLException {
        int customer = worker.customer();
        if (ShopWorker.update(connection, "DELETE FROM customers WHERE id = ?", customer) == 1) {
            Rows customers = ShopRows.customers(connection);
            ShopRows.customer(customers, worker.random, worker.fresh());
            customers.flush();
        } else {
            Rows customers = ShopRows.customers(connection);
            ShopRows.customer(customers, worker.random, customer);
            customers.flush();
        }
    }

    void changeManyCustomers(Connection connection) throws SQLException {
        int from = worker.customer();
        ShopWorker.update(
                connection,
                "UPDATE customers SET balance = balance + ? WHERE id BETWEEN ? AND ? AND id % ? = ?",
                worker.random.amount(),
                from,
                from + 40 * worker.workers,
                worker.workers,
                worker.number);
    }
}
