package dev.tributary.endtoend;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.OptionalDouble;
import java.util.concurrent.CancellationException;

/** What a running pipeline tells Prometheus. */
public final class Metrics {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final URI uri;

    public Metrics(int port) {
        this.uri = URI.create("http://127.0.0.1:" + port + "/q/metrics");
    }

    /** The sum of a meter's values over its labels; empty while there is none, or the process doesn't answer. */
    public OptionalDouble sum(String name) {
        return sum(name, "");
    }

    /** The sum of those whose labels contain this text. */
    public OptionalDouble sum(String name, String label) {
        return read().lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .filter(line -> line.contains(label))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .reduce(Double::sum);
    }

    /** The status of a probe, such as {@code ready}; 0 if the process doesn't answer. */
    public int health(String probe) throws InterruptedException {
        try {
            HttpRequest request = HttpRequest.newBuilder(uri.resolve("/q/health/" + probe))
                    .timeout(LIMIT)
                    .build();
            return CLIENT.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        } catch (IOException e) {
            return 0;
        }
    }

    /** The whole page; empty if the process doesn't answer. */
    public String read() {
        try {
            return CLIENT.send(HttpRequest.newBuilder(uri).timeout(LIMIT).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while reading " + uri);
        }
    }
}
