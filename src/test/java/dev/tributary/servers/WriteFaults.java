package dev.tributary.servers;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** Stands in front of a DynamoDB Local and has the faults of the service that it has not: throttled, and taken in part. */
public final class WriteFaults implements AutoCloseable {
    private static final Set<String> NOT_PASSED =
            Set.of("host", "content-length", "connection", "expect", "upgrade", "transfer-encoding", "accept-encoding");

    private static final Duration CLOSING = Duration.ofSeconds(30);

    private final URI local;
    private final HttpServer server;
    private final HttpClient client = HttpClient.newHttpClient();
    private final AtomicInteger throttled = new AtomicInteger();
    private final AtomicInteger partly = new AtomicInteger();
    private final AtomicInteger silent = new AtomicInteger();
    private final AtomicInteger broken = new AtomicInteger();
    private final AtomicInteger held = new AtomicInteger();
    private final CountDownLatch late = new CountDownLatch(1);
    private volatile Duration holding = Duration.ZERO;
    private volatile String operation = "BatchWriteItem";
    private volatile String table = "";
    private final Map<String, AtomicInteger> calls = new ConcurrentHashMap<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final AtomicInteger underWay = new AtomicInteger();
    private volatile List<String> refused = List.of();
    private volatile boolean stopped;

    private WriteFaults(URI local, HttpServer server) {
        this.local = local;
        this.server = server;
    }

    public static WriteFaults before(DynamoDb local) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        WriteFaults faults = new WriteFaults(local.endpoint(), server);
        server.createContext("/", faults::answer);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
        return faults;
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** Requests of an operation in which all of this occurs are never carried out nor answered. */
    public void stopAt(String operation, String... texts) {
        List<String> all = new ArrayList<>(List.of(texts));
        all.addFirst(operation);
        refused = all;
    }

    /** Whether one of them has come. */
    public boolean isStopped() {
        return stopped;
    }

    /** Which requests have faults, those of one table; batches of any if nothing is said. */
    public void of(String operation, String table) {
        this.operation = operation;
        this.table = table;
    }

    /** Whether each fault has been had. */
    public boolean areOver() {
        return Stream.of(throttled, broken, held, partly, silent).allMatch(left -> left.get() == 0);
    }

    /** So many of the next requests are refused, as the table's capacity is used up. */
    public void throttle(int requests) {
        throttled.set(requests);
    }

    /** So many of the next requests are answered by an internal error. */
    public void breakDown(int requests) {
        broken.set(requests);
    }

    /** The next request is carried out so late, and never answered. */
    public void hold(Duration time) {
        holding = time;
        held.set(1);
    }

    /** Waits until the one that was held is carried out. */
    public boolean awaitLate() throws InterruptedException {
        return late.await(30, TimeUnit.SECONDS);
    }

    /** Of so many of the next batches one write is taken, and the rest is given back. */
    public void takePartly(int batches) {
        partly.set(batches);
    }

    /** So many of the next requests are carried out, and the connection ends without an answer. */
    public void fallSilent(int requests) {
        silent.set(requests);
    }

    /** How often an operation was asked for. */
    public int calls(String operation) {
        AtomicInteger count = calls.get(operation);
        return count == null ? 0 : count.get();
    }

    private static boolean take(AtomicInteger left) {
        return left.getAndUpdate(n -> Math.max(0, n - 1)) > 0;
    }

    private void answer(HttpExchange exchange) throws IOException {
        underWay.incrementAndGet();
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            String target = String.valueOf(exchange.getRequestHeaders().getFirst("X-Amz-Target"));
            String asked = target.substring(target.indexOf('.') + 1);
            calls.computeIfAbsent(asked, name -> new AtomicInteger()).incrementAndGet();
            if (isRefused(asked, body)) {
                stopped = true;
                closed.await();
            } else if (!asked.equals(operation) || !new String(body, StandardCharsets.UTF_8).contains(table)) {
                pass(exchange, body);
            } else if (take(throttled)) {
                send(
                        exchange,
                        400,
                        new JsonObject()
                                .put(
                                        "__type",
                                        "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException")
                                .put("message", "too much"));
            } else if (take(broken)) {
                send(
                        exchange,
                        500,
                        new JsonObject()
                                .put("__type", "com.amazonaws.dynamodb.v20120810#InternalServerError")
                                .put("message", "broken"));
            } else if (take(held)) {
                Thread.sleep(holding);
                forward(exchange, body);
                late.countDown();
            } else if (take(partly)) {
                partly(exchange, new JsonObject(new String(body, StandardCharsets.UTF_8)));
            } else if (take(silent)) {
                forward(exchange, body);
                // closed without an answer
            } else {
                pass(exchange, body);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            underWay.decrementAndGet();
        }
    }

    private boolean isRefused(String asked, byte[] body) {
        List<String> texts = refused;
        String text = new String(body, StandardCharsets.UTF_8);
        return !texts.isEmpty()
                && texts.getFirst().equals(asked)
                && texts.stream().skip(1).allMatch(text::contains);
    }

    private void partly(HttpExchange exchange, JsonObject request) throws IOException, InterruptedException {
        JsonObject tables = request.getJsonObject("RequestItems");
        String table = tables.fieldNames().iterator().next();
        JsonArray writes = tables.getJsonArray(table);
        JsonObject first = new JsonObject()
                .put("RequestItems", new JsonObject().put(table, new JsonArray().add(writes.getValue(0))));
        forward(exchange, first.encode().getBytes(StandardCharsets.UTF_8));
        writes.remove(0);
        if (writes.isEmpty()) {
            tables.remove(table);
        }
        send(exchange, 200, new JsonObject().put("UnprocessedItems", tables));
    }

    private void pass(HttpExchange exchange, byte[] body) throws IOException, InterruptedException {
        HttpResponse<byte[]> response = forward(exchange, body);
        response.headers()
                .firstValue("x-amz-crc32")
                .ifPresent(crc -> exchange.getResponseHeaders().add("x-amz-crc32", crc));
        exchange.getResponseHeaders().add("Content-Type", "application/x-amz-json-1.0");
        exchange.sendResponseHeaders(response.statusCode(), response.body().length == 0 ? -1 : response.body().length);
        exchange.getResponseBody().write(response.body());
    }

    private HttpResponse<byte[]> forward(HttpExchange exchange, byte[] body) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(local).POST(BodyPublishers.ofByteArray(body));
        exchange.getRequestHeaders().forEach((name, values) -> {
            if (!NOT_PASSED.contains(name.toLowerCase(java.util.Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
            }
        });
        return client.send(request.build(), BodyHandlers.ofByteArray());
    }

    private static void send(HttpExchange exchange, int status, JsonObject answer) throws IOException {
        byte[] body = answer.encode().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/x-amz-json-1.0");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    /** What was passed on is carried out once it returns, and nothing else will be. */
    @Override
    public void close() {
        server.stop(0);
        closed.countDown();
        Await.until("nothing is under way", CLOSING, () -> underWay.get() == 0, () -> underWay + " are");
    }
}
