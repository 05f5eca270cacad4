package dev.tributary.endtoend;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CancellationException;

/** What a running pipeline tells Prometheus. */
public final class Metrics {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final URI uri;

    public Metrics(int port) {
        this.uri = URI.create("http://127.0.0.1:" + port);
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
    public int health(String probe) {
        return get("/q/health/" + probe).map(HttpResponse::statusCode).orElse(0);
    }

    /** What a probe says; empty if the process doesn't answer. */
    public String said(String probe) {
        return get("/q/health/" + probe).map(HttpResponse::body).orElse("");
    }

    /** The whole page; empty if the process doesn't answer. */
    public String read() {
        return get("/q/metrics").map(HttpResponse::body).orElse("");
    }

    private Optional<HttpResponse<String>> get(String path) {
        try {
            HttpRequest request =
                    HttpRequest.newBuilder(uri.resolve(path)).timeout(LIMIT).build();
            return Optional.of(CLIENT.send(request, HttpResponse.BodyHandlers.ofString()));
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while reading " + path + " of " + uri);
        }
    }
}
