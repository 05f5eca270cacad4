package dev.tributary.workload;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** One new row of each table of the shop. */
final class ShopRows {
    private ShopRows() {}

    static Rows customers(Connection connection) {
        return new Rows(
                connection,
                "customers",
                "id",
                "email",
                "name",
                "balance",
                "rating",
                "preferences",
                "flags",
                "tier",
                "interests",
                "born",
                "seen");
    }

    static void customer(Rows rows, RandomValues random, long id) throws SQLException {
        rows.add(
                id,
                "customer" + id + "@example.org",
                random.latin(),
                random.amount(),
                random.floatText(),
                random.json(),
                random.flags(),
                random.tier(),
                random.interests(),
                random.born(),
                random.seen());
    }

    static Rows orders(Connection connection) {
        return new Rows(connection, "orders", "customer_id", "number", "status", "total", "placed", "token", "remark");
    }

    static void order(Rows rows, RandomValues random, long customer, int number) throws SQLException {
        rows.add(customer, number, random.status(), random.price(), random.moment(), random.bytes(16), random.text());
    }

    static Rows lines(Connection connection) {
        return new Rows(connection, "order_lines", "customer_id", "order_number", "line", "sku", "quantity", "price");
    }

    static void line(Rows rows, RandomValues random, ShopSize size, long customer, int number, int line)
            throws SQLException {
        String sku = RandomValues.sku(1 + random.below(size.products()));
        rows.add(customer, number, line, sku, 1 + random.below(20), random.price());
    }

    static Rows products(Connection connection) {
        return new Rows(connection, "products", "sku", "title", "price", "weight", "picture");
    }

    static void product(Rows rows, RandomValues random, String sku) throws SQLException {
        rows.add(sku, random.someText(), random.price(), random.doubleText(), random.bytes(300));
    }

    static Rows coupons(Connection connection) {
        return new Rows(connection, "coupons", "customer_id", "id", "code");
    }

    static Rows readings(Connection connection) {
        return new Rows(connection, "readings", "device", "reading", "note");
    }

    static Rows factors(Connection connection) {
        return new Rows(connection, "factors", "factor", "device", "note");
    }

    static Rows notes(Connection connection) {
        return new Rows(connection, "order-notes ünïcode", "id", "nöte text", "select");
    }

    static Rows log(Connection connection) {
        return new Rows(connection, "audit log", "actor", "action", "detail");
    }

    static void logged(Rows rows, long actor, String action, @Nullable String detail) throws SQLException {
        rows.add(actor, action, detail);
    }
}
