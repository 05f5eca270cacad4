package dev.tributary.source.dynamodb;

import dev.tributary.config.ConnectionUrl;
import dev.tributary.dynamodb.ServiceAddress;
import java.time.Duration;
import java.util.List;

/**
 * What another reader of the same source needs: where it is, which tables are read, and what their items are at the target.
 *
 * @param consistent whether scans are consistent, for twice the capacity
 * @param readCapacity units a second that a table may be read with; 0 for no limit
 * @param documents whether an item is one document at a target with columns
 * @param plainDocuments whether documents are written without the types of their values
 * @param told how long a shard without changes may take to tell that it has none
 */
public record ItemSelection(
        ServiceAddress service,
        List<String> tables,
        boolean consistent,
        int readCapacity,
        boolean documents,
        boolean plainDocuments,
        Duration told) {
    public ItemSelection {
        tables = List.copyOf(tables);
    }

    /**
     * @param asItems whether the target is a DynamoDB, too
     * @throws dev.tributary.record.PipelineException of kind SETTING if the URL is not a DynamoDB source's
     */
    public static ItemSelection of(ConnectionUrl url, boolean asItems) {
        DynamoDbAddress address = DynamoDbAddress.of(url, asItems);
        Duration longest = address.records().longest();
        return new ItemSelection(
                address.service(),
                address.tables(),
                address.consistent(),
                address.readCapacity(),
                address.form() == TableShape.Form.DOCUMENT,
                address.plainDocuments(),
                longest.compareTo(address.idle()) > 0 ? longest : address.idle());
    }
}
