package dev.tributary.source.dynamodb;

import dev.tributary.record.TableId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.StreamSpecification;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;

/**
 * A table as the service describes it.
 *
 * @param arn its full name
 * @param key its key's attributes: the one that items are spread by, and the one that they are sorted by, if there is one
 * @param stream its last stream, which may be disabled
 * @param streams whether changes come into it
 * @param bytes its size, as it was some hours ago
 */
record TableFacts(
        TableId id, String arn, List<KeyAttribute> key, Optional<StreamName> stream, boolean streams, long bytes) {
    TableFacts {
        key = List.copyOf(key);
    }

    /** An attribute of a key. */
    record KeyAttribute(String name, ScalarAttributeType type, boolean sorts) {
        /** The most bytes that the service lets a text or binary one have. */
        int bytes() {
            return sorts ? 1024 : 2048;
        }
    }

    /** A stream of a table: its full name, and the label that tells it from others of the table. */
    record StreamName(String arn, String label) {}

    static TableFacts of(TableDescription table) {
        List<KeyAttribute> key = new ArrayList<>();
        for (KeySchemaElement element : table.keySchema()) {
            ScalarAttributeType type = table.attributeDefinitions().stream()
                    .filter(definition -> definition.attributeName().equals(element.attributeName()))
                    .findFirst()
                    .orElseThrow()
                    .attributeType();
            key.add(new KeyAttribute(element.attributeName(), type, element.keyType() == KeyType.RANGE));
        }
        StreamSpecification stream = table.streamSpecification();
        return new TableFacts(
                new TableId(table.tableName(), table.tableName()),
                table.tableArn(),
                key,
                Optional.ofNullable(table.latestStreamArn()).map(arn -> new StreamName(arn, table.latestStreamLabel())),
                stream != null && Boolean.TRUE.equals(stream.streamEnabled()),
                table.tableSizeBytes() == null ? 0 : table.tableSizeBytes());
    }

    /** One of its streams: its full name is the table's with the label. */
    StreamName streamOf(String label) {
        return new StreamName(arn + "/stream/" + label, label);
    }

    List<String> keyNames() {
        return key.stream().map(KeyAttribute::name).toList();
    }
}
