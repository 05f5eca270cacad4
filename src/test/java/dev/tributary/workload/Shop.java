package dev.tributary.workload;

import dev.tributary.servers.VitessCluster;
import java.sql.SQLException;
import java.util.List;

/**
 * The tables of a shop, sharded in three ways, with every kind of key: one column, several, one with a foreign key to it,
 * text that ignores case, bytes, decimals and floats, a second unique index, none at all; and names that need quoting.
 */
public final class Shop {
    /** All tables, in an order in which they can be created. */
    public static final List<String> TABLES = List.of(
            "customers",
            "orders",
            "order_lines",
            "products",
            "coupons",
            "readings",
            "factors",
            "order-notes ünïcode",
            "audit log");

    private static final List<String> DDL = List.of("""
            CREATE TABLE customers (
              id BIGINT UNSIGNED NOT NULL,
              email VARCHAR(120) NOT NULL,
              name VARCHAR(80) CHARACTER SET latin1 NOT NULL,
              balance DECIMAL(14,2) NOT NULL DEFAULT 0,
              rating FLOAT NULL,
              preferences JSON NULL,
              flags BIT(9) NULL,
              tier ENUM('basic','silver','gold') NOT NULL DEFAULT 'basic',
              interests SET('books','games','music') NULL,
              born DATE NULL,
              seen TIMESTAMP(6) NULL,
              PRIMARY KEY (id),
              KEY by_email (email))
            """, """
            CREATE TABLE orders (
              customer_id BIGINT UNSIGNED NOT NULL,
              number INT NOT NULL,
              status VARCHAR(20) NOT NULL,
              total DECIMAL(12,2) NOT NULL,
              placed DATETIME(3) NOT NULL,
              token VARBINARY(16) NULL,
              remark TEXT NULL,
              PRIMARY KEY (customer_id, number))
            """, """
            CREATE TABLE order_lines (
              customer_id BIGINT UNSIGNED NOT NULL,
              order_number INT NOT NULL,
              line SMALLINT NOT NULL,
              sku VARCHAR(40) NOT NULL,
              quantity MEDIUMINT UNSIGNED NOT NULL,
              price DECIMAL(10,2) NOT NULL,
              PRIMARY KEY (customer_id, order_number, line),
              CONSTRAINT of_order FOREIGN KEY (customer_id, order_number) REFERENCES orders (customer_id, number))
            """, """
            CREATE TABLE products (
              sku VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci NOT NULL,
              title VARCHAR(200) CHARACTER SET utf8mb4 NOT NULL,
              price DECIMAL(10,2) NOT NULL,
              weight DOUBLE NULL,
              picture BLOB NULL,
              PRIMARY KEY (sku))
            """, """
            CREATE TABLE coupons (
              customer_id BIGINT UNSIGNED NOT NULL,
              id INT NOT NULL,
              code VARCHAR(60) NOT NULL,
              PRIMARY KEY (customer_id, id),
              UNIQUE KEY by_code (code))
            """, """
            CREATE TABLE readings (
              device BIGINT NOT NULL,
              reading DECIMAL(20,4) NOT NULL,
              note VARCHAR(40) NULL,
              PRIMARY KEY (device, reading))
            """, """
            CREATE TABLE factors (
              factor DOUBLE NOT NULL,
              device BIGINT NOT NULL,
              note VARCHAR(40) NULL,
              PRIMARY KEY (factor, device))
            """, """
            CREATE TABLE `order-notes ünïcode` (
              id VARBINARY(24) NOT NULL,
              `nöte text` TEXT CHARACTER SET utf8mb4 NULL,
              `select` INT NULL,
              PRIMARY KEY (id))
            """, """
            CREATE TABLE `audit log` (
              actor BIGINT NOT NULL,
              action VARCHAR(60) NOT NULL,
              detail VARCHAR(200) NULL,
              KEY by_actor (actor))
            """);

    private static final String VSCHEMA = """
            {"sharded": true,
             "vindexes": {
               "hash": {"type": "hash"},
               "xxhash": {"type": "xxhash"},
               "unicode_loose_xxhash": {"type": "unicode_loose_xxhash"}},
             "tables": {
               "customers": {"column_vindexes": [{"column": "id", "name": "hash"}]},
               "orders": {"column_vindexes": [{"column": "customer_id", "name": "hash"}]},
               "order_lines": {"column_vindexes": [{"column": "customer_id", "name": "hash"}]},
               "products": {"column_vindexes": [{"column": "sku", "name": "unicode_loose_xxhash"}]},
               "coupons": {"column_vindexes": [{"column": "customer_id", "name": "hash"}]},
               "readings": {"column_vindexes": [{"column": "device", "name": "hash"}]},
               "factors": {"column_vindexes": [{"column": "device", "name": "hash"}]},
               "order-notes ünïcode": {"column_vindexes": [{"column": "id", "name": "xxhash"}]},
               "audit log": {"column_vindexes": [{"column": "actor", "name": "hash"}]}}}
            """;

    private Shop() {}

    /** Makes the tables in a cluster's first keyspace, whose VSchema it replaces. */
    public static void create(VitessCluster cluster) throws SQLException {
        cluster.applyVSchema(VSCHEMA);
        cluster.execute(DDL.toArray(String[]::new));
    }
}
