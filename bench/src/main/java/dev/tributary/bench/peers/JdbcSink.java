package dev.tributary.bench.peers;

import io.debezium.connector.jdbc.JdbcSinkConnectorTask;
import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;

/** Debezium's JDBC sink outside Kafka Connect: one task, which is handed records as a worker's poll would. */
final class JdbcSink implements AutoCloseable {
    private final JdbcSinkConnectorTask task = new JdbcSinkConnectorTask();

    JdbcSink(Map<String, String> settings) {
        task.initialize(context());
        task.start(settings);
    }

    /** Writes them; returns when they are durable. */
    void put(Collection<SinkRecord> records) {
        task.put(records);
        // the task keeps a failure for itself until the next call
        Throwable failure = task.getLastProcessingException();
        if (failure != null) {
            throw new IllegalStateException("the JDBC sink failed", failure);
        }
    }

    @Override
    public void close() {
        task.stop();
    }

    /** A worker that has nothing to say: no offsets to go back to, no partitions, no dead letters. */
    private static SinkTaskContext context() {
        return (SinkTaskContext) Proxy.newProxyInstance(
                JdbcSink.class.getClassLoader(),
                new Class<?>[] {SinkTaskContext.class},
                (proxy, method, arguments) -> method.getReturnType() == Set.class
                        ? Set.of()
                        : method.getReturnType() == Map.class ? Map.of() : null);
    }
}
