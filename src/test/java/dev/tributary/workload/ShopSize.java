package dev.tributary.workload;

/**
 * How many rows a shop begins with, in proportion to its customers.
 *
 * @param customers their ids are 1 to this
 */
public record ShopSize(int customers) {
    /** Rows of all tables are about this many times the customers. */
    private static final int ROWS_PER_CUSTOMER = 10;

    public ShopSize {
        if (customers < 10) {
            throw new IllegalArgumentException("a shop has at least 10 customers, not " + customers);
        }
    }

    /** A shop of about so many rows in all tables. */
    public static ShopSize ofRows(int rows) {
        return new ShopSize(Math.max(10, rows / ROWS_PER_CUSTOMER));
    }

    int products() {
        return Math.max(10, customers / 4);
    }

    int devices() {
        return Math.max(10, customers / 20);
    }

    int notes() {
        return Math.max(10, customers / 4);
    }
}
