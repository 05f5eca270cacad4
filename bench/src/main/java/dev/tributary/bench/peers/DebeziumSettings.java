package dev.tributary.bench.peers;

import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/**
 * What Debezium is set to. By default only what it cannot work without, or would be wrong without; tuned, what made it several
 * times as fast when it was tried on such a machine. It is not a search for its best: another setting may be better still.
 */
enum DebeziumSettings {
    DEFAULT,
    TUNED;

    /** The records that one put() of the sink is given at most. */
    int recordsOfPut() {
        // the engine hands over max.batch.size
        return this == TUNED ? 4_000 : 2_048;
    }

    Properties source(int vtgatePort, String keyspace, String offsets) {
        Properties settings = new Properties();
        settings.setProperty("name", "bench");
        settings.setProperty("topic.prefix", "bench");
        settings.setProperty("connector.class", "io.debezium.connector.vitess.VitessConnector");
        settings.setProperty("database.hostname", "127.0.0.1");
        settings.setProperty("database.port", Integer.toString(vtgatePort));
        settings.setProperty("vitess.keyspace", keyspace);
        settings.setProperty("offset.storage", "org.apache.kafka.connect.storage.FileOffsetBackingStore");
        settings.setProperty("offset.storage.file.filename", offsets);
        // the sink needs no record that a row's key is to be forgotten
        settings.setProperty("tombstones.on.delete", "false");
        if (this == TUNED) {
            // larger batches, and a queue of several
            settings.setProperty("max.batch.size", Integer.toString(recordsOfPut()));
            settings.setProperty("max.queue.size", Integer.toString(4 * recordsOfPut()));
            // the default waits half a second when there was nothing to read
            settings.setProperty("poll.interval.ms", "5");
            // transactions of many rows may be larger than the default's 4 MiB
            settings.setProperty("vitess.grpc.max_inbound_message_size", Integer.toString(64 << 20));
        }
        return settings;
    }

    Map<String, String> sink(int port, String database) {
        Map<String, String> settings = new HashMap<>();
        settings.put("name", "bench");
        settings.put("connection.url", url(port, database));
        settings.put("connection.username", "root");
        settings.put("connection.password", "");
        // tables have their source's names and keys, and changes are carried, deletes too: what the other contestants
        // do
        settings.put("collection.name.format", "${source.table}");
        settings.put("insert.mode", "upsert");
        settings.put("delete.enabled", "true");
        settings.put("primary.key.mode", "record_key");
        if (this == TUNED) {
            // two full batches a put()
            settings.put("batch.size", "2000");
        }
        return settings;
    }

    private String url(int port, String database) {
        String url = "jdbc:mysql://127.0.0.1:" + port + "/" + database + "?useSSL=false&allowPublicKeyRetrieval=true"
                + "&connectionTimeZone=UTC";
        // Connector/J sends a batch row by row unless it may rewrite it
        return this == TUNED ? url + "&rewriteBatchedStatements=true" : url;
    }

    static DebeziumSettings of(String word) {
        return valueOf(word.toUpperCase(java.util.Locale.ROOT));
    }
}
