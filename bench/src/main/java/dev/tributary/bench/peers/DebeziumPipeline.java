package dev.tributary.bench.peers;

import io.debezium.embedded.Connect;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.DebeziumEngine.RecordCommitter;
import io.debezium.engine.RecordChangeEvent;
import io.debezium.engine.format.ChangeEventFormat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * Debezium's Vitess connector and its JDBC sink in one process, as Debezium Server joins them: the engine's records go to
 * the sink's put(), and count as processed once they are durable.
 *
 * <p>Arguments: default or tuned, VTGate's port, keyspace, MySQL's port, database, a file for the offsets.
 */
public final class DebeziumPipeline {
    private final JdbcSink sink;
    private long records;

    private DebeziumPipeline(JdbcSink sink) {
        this.sink = sink;
    }

    public static void main(String[] arguments) {
        DebeziumSettings settings = DebeziumSettings.of(arguments[0]);
        JdbcSink sink = new JdbcSink(settings.sink(Integer.parseInt(arguments[3]), arguments[4]));
        DebeziumPipeline pipeline = new DebeziumPipeline(sink);
        DebeziumEngine<RecordChangeEvent<SourceRecord>> engine = DebeziumEngine.create(
                        ChangeEventFormat.of(Connect.class))
                .using(settings.source(Integer.parseInt(arguments[1]), arguments[2], arguments[5]))
                .notifying(pipeline::write)
                .using((success, message, error) -> {
                    if (!success) {
                        System.err.println(message);
                        if (error != null) {
                            error.printStackTrace();
                        }
                        Runtime.getRuntime().halt(1);
                    }
                })
                .build();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(engine)));
        engine.run();
    }

    private static void close(DebeziumEngine<?> engine) {
        try {
            engine.close();
        } catch (IOException e) {
            e.printStackTrace();
        }
    }

    private void write(
            List<RecordChangeEvent<SourceRecord>> events, RecordCommitter<RecordChangeEvent<SourceRecord>> committer)
            throws InterruptedException {
        List<SinkRecord> batch = new ArrayList<>(events.size());
        for (RecordChangeEvent<SourceRecord> event : events) {
            SourceRecord record = event.record();
            batch.add(new SinkRecord(
                    record.topic(),
                    0,
                    record.keySchema(),
                    record.key(),
                    record.valueSchema(),
                    record.value(),
                    records++));
        }
        sink.put(batch);
        for (RecordChangeEvent<SourceRecord> event : events) {
            committer.markProcessed(event);
        }
        committer.markBatchFinished();
    }
}
