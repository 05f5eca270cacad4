package dev.tributary.endtoend;

import dev.tributary.servers.Await;
import dev.tributary.servers.VitessCluster;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Writes to the columns {@code id} and {@code n} of a table through VTGate, on every shard, until it is closed. */
final class SchemaLoad implements AutoCloseable {
    private static final int WRITERS = 2;
    private static final int ROWS = 500;
    /** More would be a test of the machine. */
    private static final Duration PAUSE = Duration.ofMillis(20);

    private final VitessCluster source;
    private final String table;
    private final AtomicLong committed = new AtomicLong();
    private final List<Thread> writers = new ArrayList<>();
    private volatile boolean closed;

    private SchemaLoad(VitessCluster source, String table) {
        this.source = source;
        this.table = table;
    }

    static SchemaLoad start(VitessCluster source, String table) {
        SchemaLoad load = new SchemaLoad(source, table);
        for (int i = 0; i < WRITERS; i++) {
            int number = i;
            load.writers.add(Thread.ofPlatform().name("schema-load-" + i).start(() -> load.write(number)));
        }
        return load;
    }

    private void write(int number) {
        Random random = new Random(number);
        while (!closed) {
            try (Connection connection = source.connect();
                    Statement statement = connection.createStatement()) {
                while (!closed) {
                    int id = 1 + random.nextInt(ROWS);
                    statement.execute(
                            switch (random.nextInt(4)) {
                                case 0 -> "DELETE FROM " + table + " WHERE id = " + id;
                                case 1 -> "UPDATE " + table + " SET n = n + 1 WHERE id = " + id;
                                default -> "INSERT IGNORE INTO " + table + " (id, n) VALUES (" + id + ", " + id + ")";
                            });
                    committed.incrementAndGet();
                    LockSupport.parkNanos(PAUSE.toNanos());
                }
            } catch (SQLException refused) {
                // while a table is altered, VTGate may refuse a statement
            }
        }
    }

    /** Waits until so much more is written. */
    SchemaLoad more(int statements) {
        long goal = committed.get() + statements;
        Await.until(
                statements + " more statements",
                Duration.ofSeconds(60),
                () -> committed.get() >= goal,
                () -> committed + " so far");
        return this;
    }

    @Override
    public void close() {
        closed = true;
        for (Thread writer : writers) {
            try {
                writer.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
