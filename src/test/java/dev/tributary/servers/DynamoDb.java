package dev.tributary.servers;

import com.amazonaws.services.dynamodbv2.local.main.ServerRunner;
import com.amazonaws.services.dynamodbv2.local.server.DynamoDBProxyServer;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.PutRequest;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.StreamViewType;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/** DynamoDB Local in this JVM, in memory, with a client of its own for the tests. */
public final class DynamoDb implements AutoCloseable {
    public static final String REGION = "us-east-1";
    /** A DynamoDB Local keeps the tables of each access key apart. */
    public static final String KEY = "tributary";

    public static final String SECRET = "secret";
    /** No request takes more. */
    private static final int BATCH = 25;

    private final DynamoDBProxyServer server;
    private final int port;
    private final DynamoDbClient client;

    private DynamoDb(DynamoDBProxyServer server, int port) {
        this.server = server;
        this.port = port;
        this.client = DynamoDbClient.builder()
                .region(Region.of(REGION))
                .endpointOverride(endpoint())
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(KEY, SECRET)))
                .httpClient(UrlConnectionHttpClient.create())
                .build();
    }

    public static DynamoDb start() {
        System.setProperty("sqlite4java.library.path", libraries().toString());
        int port = LoopbackPorts.next();
        try {
            DynamoDBProxyServer server = ServerRunner.createServerFromCommandLineArgs(
                    new String[] {"-inMemory", "-disableTelemetry", "-port", String.valueOf(port)});
            server.start();
            return new DynamoDb(server, port);
        } catch (Exception e) {
            throw new IllegalStateException("DynamoDB Local does not start", e);
        }
    }

    /** Where the native part of its store is: in Maven's repository, beside the rest. */
    private static Path libraries() {
        try {
            Path jar = Path.of(com.almworks.sqlite4java.SQLite.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            String version = jar.getName(jar.getNameCount() - 2).toString();
            return jar.resolveSibling("../../libsqlite4java-linux-amd64/" + version)
                    .normalize();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + port);
    }

    public DynamoDbClient client() {
        return client;
    }

    /** The setting of a pipeline's source. */
    public String url(String tables, String parameters) {
        return url(endpoint(), tables, parameters);
    }

    /** The same through another address. */
    public static String url(URI endpoint, String tables, String parameters) {
        return "dynamodb://" + KEY + ":" + SECRET + "@" + REGION + "/" + tables + "?endpoint=" + endpoint
                + "&records_poll_min=20ms&records_poll=100ms&discovery_poll=100ms&discovery_poll_max=500ms"
                + parameters;
    }

    /** Makes an empty table with text keys; one of that name is dropped. Without a stream. */
    public void create(String table, String hash, String... range) {
        create(table, request -> {}, ScalarAttributeType.S, hash, range);
    }

    /** The same with a stream. */
    public void createWithStream(String table, StreamViewType view, String hash, String... range) {
        create(
                table,
                request -> request.streamSpecification(
                        stream -> stream.streamEnabled(true).streamViewType(view)),
                ScalarAttributeType.S,
                hash,
                range);
    }

    public void create(
            String table,
            Consumer<CreateTableRequest.Builder> more,
            ScalarAttributeType type,
            String hash,
            String... range) {
        if (client.listTables().tableNames().contains(table)) {
            client.deleteTable(request -> request.tableName(table));
        }
        List<String> names = new ArrayList<>(List.of(hash));
        names.addAll(List.of(range));
        CreateTableRequest.Builder request = CreateTableRequest.builder()
                .tableName(table)
                .billingMode(BillingMode.PAY_PER_REQUEST)
                .attributeDefinitions(names.stream()
                        .map(name -> software.amazon.awssdk.services.dynamodb.model.AttributeDefinition.builder()
                                .attributeName(name)
                                .attributeType(type)
                                .build())
                        .toList())
                .keySchema(names.stream()
                        .map(name -> software.amazon.awssdk.services.dynamodb.model.KeySchemaElement.builder()
                                .attributeName(name)
                                .keyType(name.equals(hash) ? KeyType.HASH : KeyType.RANGE)
                                .build())
                        .toList());
        more.accept(request);
        client.createTable(request.build());
    }

    /** Disables a table's stream, or enables another one, with new and old images. */
    public void setStream(String table, boolean enabled) {
        client.updateTable(request -> request.tableName(table).streamSpecification(stream -> {
            stream.streamEnabled(enabled);
            if (enabled) {
                stream.streamViewType(StreamViewType.NEW_AND_OLD_IMAGES);
            }
        }));
    }

    public void put(String table, Map<String, AttributeValue> item) {
        client.putItem(request -> request.tableName(table).item(item));
    }

    public void delete(String table, Map<String, AttributeValue> key) {
        client.deleteItem(request -> request.tableName(table).key(key));
    }

    /** Many at a time. */
    public void putAll(String table, List<Map<String, AttributeValue>> items) {
        for (int from = 0; from < items.size(); from += BATCH) {
            List<WriteRequest> some = items.subList(from, Math.min(items.size(), from + BATCH)).stream()
                    .map(item -> WriteRequest.builder()
                            .putRequest(PutRequest.builder().item(item).build())
                            .build())
                    .toList();
            client.batchWriteItem(request -> request.requestItems(Map.of(table, some)));
        }
    }

    /** Every item. */
    public List<Map<String, AttributeValue>> scan(String table) {
        return client.scanPaginator(request -> request.tableName(table).consistentRead(true)).items().stream()
                .toList();
    }

    /** How many items there are, by what a DynamoDB Local counts at once: a scan of a million takes it minutes. */
    public long count(String table) {
        return client.describeTable(request -> request.tableName(table)).table().itemCount();
    }

    @Override
    public void close() {
        client.close();
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("DynamoDB Local does not stop", e);
        }
    }
}
