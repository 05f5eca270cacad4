package dev.tributary.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.servers.DynamoDb;
import dev.tributary.servers.SharedServers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.GetRecordsResponse;
import software.amazon.awssdk.services.dynamodb.model.Record;
import software.amazon.awssdk.services.dynamodb.model.Shard;
import software.amazon.awssdk.services.dynamodb.model.ShardIteratorType;
import software.amazon.awssdk.services.dynamodb.model.StreamViewType;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;

/**
 * Every version that is written to a target table's items, as its stream tells them. After a power cut some are written again that
 * were there, so each process has to keep their order by itself.
 */
final class ItemVersions implements AutoCloseable {
    private final DynamoDb server = SharedServers.dynamoDb();
    private final DynamoDbStreamsClient client = DynamoDbStreamsClient.builder()
            .region(Region.of(DynamoDb.REGION))
            .endpointOverride(server.endpoint())
            .credentialsProvider(
                    StaticCredentialsProvider.create(AwsBasicCredentials.create(DynamoDb.KEY, DynamoDb.SECRET)))
            .httpClient(UrlConnectionHttpClient.create())
            .build();

    private final String stream;
    private final List<Map<String, AttributeValue>> written = new ArrayList<>();
    /** The last that was read of each of the stream's shards. */
    private final Map<String, String> read = new HashMap<>();
    /** How many had been written when a process was gone. */
    private final TreeSet<Integer> ends = new TreeSet<>();

    private ItemVersions(String table) {
        stream = server.client()
                .updateTable(request -> request.tableName(table)
                        .streamSpecification(view -> view.streamEnabled(true).streamViewType(StreamViewType.NEW_IMAGE)))
                .tableDescription()
                .latestStreamArn();
    }

    /** From now on, of a table that is there. */
    static ItemVersions of(String table) {
        return new ItemVersions(table);
    }

    /** A process is gone, and all that it has asked for is done. */
    void processEnds() {
        look();
        ends.add(written.size());
    }

    void assertNoneWentBack() {
        look();
        Map<String, Long> newest = new HashMap<>();
        for (int i = 0; i < written.size(); i++) {
            if (ends.contains(i)) {
                newest.clear();
            }
            Map<String, AttributeValue> item = written.get(i);
            if (item.containsKey("version")) { // else it was deleted
                String id = DynamoTables.value(item, "id").n();
                long version =
                        Long.parseLong(DynamoTables.value(item, "version").n());
                assertThat(version)
                        .as("version of item %s, as write %d of %d, ends %s", id, i, written.size(), ends)
                        .isGreaterThanOrEqualTo(newest.getOrDefault(id, 0L));
                newest.put(id, version);
            }
        }
        assertThat(written).hasSizeGreaterThan(1000);
    }

    private void look() {
        for (Shard shard : client.describeStream(request -> request.streamArn(stream))
                .streamDescription()
                .shards()) {
            String last = read.get(shard.shardId());
            String iterator = client.getShardIterator(request -> request.streamArn(stream)
                            .shardId(shard.shardId())
                            .shardIteratorType(
                                    last == null
                                            ? ShardIteratorType.TRIM_HORIZON
                                            : ShardIteratorType.AFTER_SEQUENCE_NUMBER)
                            .sequenceNumber(last))
                    .shardIterator();
            while (iterator != null) {
                String at = iterator;
                GetRecordsResponse page = client.getRecords(request -> request.shardIterator(at));
                for (Record change : page.records()) {
                    written.add(change.dynamodb().newImage());
                    read.put(shard.shardId(), change.dynamodb().sequenceNumber());
                }
                iterator = page.records().isEmpty() ? null : page.nextShardIterator();
            }
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
