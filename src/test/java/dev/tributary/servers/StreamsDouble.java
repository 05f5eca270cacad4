package dev.tributary.servers;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A double of the Streams API in front of a DynamoDB Local, for what that can't show: shards that split and end, and the service's
 * faults. The changes themselves are the real ones: they are taken from the Local's stream and dealt out to shards of the double.
 * Everything else passes through.
 */
public final class StreamsDouble implements AutoCloseable {
    private static final String STREAMS = "DynamoDBStreams_20120810.";
    private static final Set<String> NOT_PASSED =
            Set.of("host", "content-length", "connection", "expect", "upgrade", "transfer-encoding", "accept-encoding");

    private final URI local;
    private final HttpServer server;
    private final HttpClient client = HttpClient.newHttpClient();
    /** By the table's name. */
    private final Map<String, DoubleStream> streams = new ConcurrentHashMap<>();

    private final Map<String, AtomicLong> calls = new ConcurrentHashMap<>();
    private final Queue<JsonObject> scans = new ConcurrentLinkedQueue<>();
    private final AtomicInteger throttled = new AtomicInteger();
    private volatile String throttles = "";
    private volatile boolean saysDisabled;

    private StreamsDouble(URI local, HttpServer server) {
        this.local = local;
        this.server = server;
    }

    public static StreamsDouble before(DynamoDb local) {
        try {
            HttpServer server =
                    HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), LoopbackPorts.next()), 0);
            StreamsDouble streams = new StreamsDouble(local.endpoint(), server);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.createContext("/", streams::answer);
            server.start();
            return streams;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** The stream of a table; it has one shard at first. */
    public DoubleStream stream(String table) {
        return streams.computeIfAbsent(table, DoubleStream::new);
    }

    /** Has the next requests of an operation refused. */
    public void throttle(String operation, int requests) {
        throttles = operation;
        throttled.set(requests);
    }

    /** Has tables described as if their last streams were disabled. */
    public void sayDisabled(boolean all) {
        saysDisabled = all;
    }

    /** How many requests of an operation came. */
    public long calls(String operation) {
        return calls.computeIfAbsent(operation, name -> new AtomicLong()).get();
    }

    /** The requests of all scans, in the order in which they came. */
    public List<JsonObject> scans() {
        return List.copyOf(scans);
    }

    /** Refusals that are still to come. */
    public int refusals() {
        return throttled.get();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String target = Optional.ofNullable(exchange.getRequestHeaders().getFirst("X-Amz-Target"))
                    .orElse("");
            byte[] body = exchange.getRequestBody().readAllBytes();
            String operation = target.substring(target.indexOf('.') + 1);
            calls.computeIfAbsent(operation, name -> new AtomicLong()).incrementAndGet();
            if (operation.equals(throttles) && throttled.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                say(
                        exchange,
                        400,
                        DoubleStream.error(
                                target.startsWith(STREAMS)
                                        ? "com.amazonaws.dynamodb.v20120810#LimitExceededException"
                                        : "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
                                "slower"));
            } else if (target.startsWith(STREAMS)) {
                streams(exchange, operation, new JsonObject(new String(body, StandardCharsets.UTF_8)));
            } else {
                if (operation.equals("Scan")) {
                    scans.add(new JsonObject(new String(body, StandardCharsets.UTF_8)));
                }
                pass(exchange, body, operation.equals("DescribeTable") && saysDisabled);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void streams(HttpExchange exchange, String operation, JsonObject request)
            throws IOException, InterruptedException {
        String arn = Optional.ofNullable(request.getString("StreamArn"))
                .orElseGet(() -> DoubleStream.arnOf(request.getString("ShardIterator", "")));
        String table = arn.split("/", -1)[1];
        DoubleStream stream = stream(table);
        JsonObject answer;
        try {
            stream.take(arn, (of, json) -> ask(exchange, of, json));
            answer = stream.answer(operation, request, arn);
        } catch (Refused refused) {
            say(exchange, 400, refused.json());
            return;
        }
        say(exchange, 200, answer);
    }

    private void say(HttpExchange exchange, int status, JsonObject answer) throws IOException {
        byte[] body = answer.encode().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.0");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    /** A request of the double's own to the Local, signed as the one that it is made for. */
    private JsonObject ask(HttpExchange exchange, String operation, JsonObject request) {
        Map<String, String> headers = headers(exchange);
        headers.put("X-Amz-Target", STREAMS + operation);
        byte[] body = request.encode().getBytes(StandardCharsets.UTF_8);
        try {
            HttpResponse<byte[]> answer = send(headers, body);
            JsonObject json = new JsonObject(new String(answer.body(), StandardCharsets.UTF_8));
            if (answer.statusCode() != 200) {
                throw new Refused(json);
            }
            return json;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void pass(HttpExchange exchange, byte[] body, boolean withoutStream)
            throws IOException, InterruptedException {
        HttpResponse<byte[]> answer = send(headers(exchange), body);
        if (withoutStream) {
            JsonObject described = new JsonObject(new String(answer.body(), StandardCharsets.UTF_8));
            described.getJsonObject("Table").remove("StreamSpecification");
            say(exchange, answer.statusCode(), described);
            return;
        }
        answer.headers().map().forEach((name, values) -> {
            if (!NOT_PASSED.contains(name.toLowerCase(Locale.ROOT))) {
                exchange.getResponseHeaders().put(name, values);
            }
        });
        exchange.sendResponseHeaders(answer.statusCode(), answer.body().length == 0 ? -1 : answer.body().length);
        exchange.getResponseBody().write(answer.body());
    }

    private HttpResponse<byte[]> send(Map<String, String> headers, byte[] body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(local).POST(BodyPublishers.ofByteArray(body));
        headers.forEach(request::setHeader);
        return client.send(request.build(), BodyHandlers.ofByteArray());
    }

    private static Map<String, String> headers(HttpExchange exchange) {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        exchange.getRequestHeaders().forEach((name, values) -> {
            if (!NOT_PASSED.contains(name.toLowerCase(Locale.ROOT))) {
                headers.put(name, String.join(",", values));
            }
        });
        return headers;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
