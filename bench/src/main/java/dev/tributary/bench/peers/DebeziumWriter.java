package dev.tributary.bench.peers;

import dev.tributary.bench.peers.Sections.Rows;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * Debezium's JDBC sink alone, fed with rows of the shape that its Vitess connector gives them.
 *
 * <p>Arguments: default or tuned, MySQL's port, database, the rows' directory.
 */
public final class DebeziumWriter {
    private static final Schema KEY =
            SchemaBuilder.struct().name("key").field("id", Schema.INT64_SCHEMA).build();
    private static final Schema SOURCE = SchemaBuilder.struct()
            .name("source")
            .field("table", Schema.STRING_SCHEMA)
            .build();

    /** As the connector gives them: DECIMAL and times as text. */
    private static final Map<String, Schema> ROWS = Map.of(
            "orders",
            row("orders", "id:l owner:l quantity:i price:s status:s title:s ordered_at:s due:s weight:d note:s"),
            "items",
            row("items", "id:l owner:l sku:s amount:i tax:s paid:h stock:l size:h kind:s body:s"));

    private DebeziumWriter() {}

    public static void main(String[] arguments) throws Exception {
        DebeziumSettings settings = DebeziumSettings.of(arguments[0]);
        try (JdbcSink sink = new JdbcSink(settings.sink(Integer.parseInt(arguments[1]), arguments[2]))) {
            Map<String, Schema> envelopes = new HashMap<>();
            ROWS.forEach((table, row) -> envelopes.put(table, envelope(table, row)));
            Sections.run(Path.of(arguments[3]), tables -> {
                List<List<SinkRecord>> batches = batches(settings.recordsOfPut(), envelopes, tables);
                return () -> batches.forEach(sink::put);
            });
        }
    }

    private static List<List<SinkRecord>> batches(int size, Map<String, Schema> envelopes, List<Rows> tables) {
        List<List<SinkRecord>> batches = new ArrayList<>();
        List<SinkRecord> batch = new ArrayList<>();
        for (int i = 0; i < tables.getFirst().lines().size(); i++) {
            for (Rows rows : tables) {
                batch.add(record(
                        rows.table(),
                        envelopes.get(rows.table()),
                        Rows.values(rows.lines().get(i))));
            }
            if (batch.size() >= size || i + 1 == tables.getFirst().lines().size()) {
                batches.add(batch);
                batch = new ArrayList<>();
            }
        }
        return batches;
    }

    private static SinkRecord record(String table, Schema envelope, String[] values) {
        Schema schema = envelope.field("after").schema();
        Struct row = new Struct(schema);
        for (int i = 0; i < values.length; i++) {
            row.put(
                    schema.fields().get(i),
                    typed(schema.fields().get(i).schema().type(), values[i]));
        }
        Struct value = new Struct(envelope)
                .put("after", row)
                .put("op", "c")
                .put("source", new Struct(SOURCE).put("table", table));
        Struct key = new Struct(KEY).put("id", row.get("id"));
        return new SinkRecord("bench." + table, 0, KEY, key, envelope, value, 0);
    }

    private static Object typed(Schema.Type type, String value) {
        if (value == null) {
            return null;
        }
        return switch (type) {
            case INT64 -> Long.valueOf(value);
            case INT32 -> Integer.valueOf(value);
            case INT16 -> Short.valueOf(value);
            case FLOAT64 -> Double.valueOf(value);
            default -> value;
        };
    }

    private static Schema row(String table, String columns) {
        SchemaBuilder builder =
                SchemaBuilder.struct().name("bench." + table + ".Value").optional();
        for (String column : columns.split(" ")) {
            String name = column.substring(0, column.indexOf(':'));
            builder.field(
                    name,
                    switch (column.charAt(column.length() - 1)) {
                        case 'l' -> name.equals("id") ? Schema.INT64_SCHEMA : Schema.OPTIONAL_INT64_SCHEMA;
                        case 'i' -> Schema.OPTIONAL_INT32_SCHEMA;
                        case 'h' -> Schema.OPTIONAL_INT16_SCHEMA;
                        case 'd' -> Schema.OPTIONAL_FLOAT64_SCHEMA;
                        default -> Schema.OPTIONAL_STRING_SCHEMA;
                    });
        }
        return builder.build();
    }

    private static Schema envelope(String table, Schema row) {
        return SchemaBuilder.struct()
                .name("bench." + table + ".Envelope")
                .field("before", row)
                .field("after", row)
                .field("source", SOURCE)
                .field("op", Schema.STRING_SCHEMA)
                .build();
    }
}
