package dev.tributary.servers;

/** Starts servers to try things with by hand, prints where they are, and ends with its input. */
public final class Playground {
    private Playground() {}

    public static void main(String[] args) throws Exception {
        long start = System.nanoTime();
        try (MySqlServer mysql = MySqlServer.start()) {
            System.out.println("MYSQL_PORT=" + mysql.port());
            System.out.println("SECONDS=" + (System.nanoTime() - start) / 1_000_000_000.0);
            while (System.in.read() >= 0) {}
        }
    }
}
