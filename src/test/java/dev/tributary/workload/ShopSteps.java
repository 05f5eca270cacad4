package dev.tributary.workload;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What becomes of everything in the shop that belongs to no order. */
final class ShopSteps {
    private final ShopWorker worker;

    ShopSteps(ShopWorker worker) {
        this.worker = worker;
    }

    void changeProducts(Connection connection) throws SQLException {
        ShopWorker.update(
                connection,
                "UPDATE products SET price = ?, weight = ?, picture = ?, title = ? WHERE sku = ?",
                worker.random.price(),
                worker.random.doubleText(),
                worker.random.bytes(300),
                worker.random.someText(),
                RandomValues.sku(worker.own(worker.size.products())));
    }

    /** The same key to the table, in other letters. */
    void replaceProduct(Connection connection) throws SQLException {
        String sku = RandomValues.sku(worker.own(worker.size.products()));
        ShopWorker.update(connection, "DELETE FROM products WHERE sku = ?", sku);
        if (!worker.random.oneIn(5)) {
            Rows products = ShopRows.products(connection);
            ShopRows.product(products, worker.random, worker.random.oneIn(2) ? sku : sku.replace("SKU", "sKu"));
            products.flush();
        }
    }

    void writeLog(Connection connection) throws SQLException {
        worker.log(
                connection,
                worker.customer(),
                worker.random.oneOf(List.of("clicked", "looked")),
                worker.random.text(),
                1 + worker.random.below(6));
    }

    /** Of rows that nothing tells apart one goes, and one becomes another. */
    void tidyLog(Connection connection) throws SQLException {
        int actor = worker.customer();
        if (worker.random.oneIn(2)) {
            ShopWorker.update(connection, "DELETE FROM `audit log` WHERE actor = ? LIMIT 1", actor);
        } else {
            ShopWorker.update(
                    connection,
                    "UPDATE `audit log` SET detail = ? WHERE actor = ? LIMIT 1",
                    worker.random.text(),
                    actor);
        }
    }

    void takeNote(Connection connection) throws SQLException {
        Rows notes = ShopRows.notes(connection);
        notes.add(RandomValues.noteId(worker.fresh()), worker.random.text(), worker.random.below(1000));
        notes.flush();
    }

    void changeNotes(Connection connection) throws SQLException {
        byte[] id = RandomValues.noteId(worker.own(worker.size.notes()));
        if (worker.random.oneIn(3)) {
            ShopWorker.update(connection, "DELETE FROM `order-notes ünïcode` WHERE id = ?", id);
        } else {
            ShopWorker.update(
                    connection,
                    "UPDATE `order-notes ünïcode` SET `nöte text` = ?, `select` = `select` + 1 WHERE id = ?",
                    worker.random.text(),
                    id);
        }
    }

    /** Two rows swap what must be unique. */
    void swapCoupons(Connection connection) throws SQLException {
        int customer = Math.max(4, worker.customer() / 4 * 4);
        String between = "swapping " + customer + " " + worker.number;
        String swap = "UPDATE coupons SET code = ? WHERE customer_id = ? AND id = ?";
        String first = couponCode(connection, customer, 1);
        String second = couponCode(connection, customer, 2);
        if (first == null || second == null) {
            return;
        }
        ShopWorker.update(connection, swap, between, customer, 1);
        ShopWorker.update(connection, swap, first, customer, 2);
        ShopWorker.update(connection, swap, second, customer, 1);
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

    void measure(Connection connection) throws SQLException {
        int device = worker.own(worker.size.devices());
        Rows readings = ShopRows.readings(connection);
        readings.add(device, worker.random.decimalKey().add(BigDecimal.valueOf(worker.fresh())), worker.random.text());
        readings.flush();
        Rows factors = ShopRows.factors(connection);
        factors.add(Double.toString(worker.fresh() / 64.0), device, worker.random.text());
        factors.flush();
    }

    void changeKeysOfNumbers(Connection connection) throws SQLException {
        int device = worker.own(worker.size.devices());
        switch (worker.random.below(4)) {
            case 0 ->
                ShopWorker.update(
                        connection, "UPDATE readings SET reading = -reading WHERE device = ? LIMIT 2", device);
            case 1 ->
                ShopWorker.update(connection, "DELETE FROM readings WHERE device = ? ORDER BY reading LIMIT 1", device);
            case 2 ->
                ShopWorker.update(
                        connection, "UPDATE factors SET factor = factor * -2 WHERE device = ? LIMIT 2", device);
            default ->
                ShopWorker.update(
                        connection, "UPDATE factors SET note = ? WHERE device = ?", worker.random.text(), device);
        }
    }
}
