package dev.tributary.servers;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/** A double of AWS's Security Token Service, which there is no local one of: it gives whoever asks the same temporary credentials. */
public final class TokenService implements AutoCloseable {
    /** The access key of those that are given. */
    public static final String KEY = "assumed";

    private static final Duration VALID = Duration.ofHours(1);

    private static final String REFUSAL = """
            <ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>
            <Code>AccessDenied</Code><Message>Not authorized to assume this role</Message></Error></ErrorResponse>
            """;

    private final HttpServer server;
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private volatile boolean refuses;

    /**
     * What somebody has asked.
     *
     * @param parameters of the form, such as {@code Action} and {@code RoleArn}
     * @param signature the header {@code Authorization}; empty if there is none
     * @param token the session token of the credentials that it is signed with; empty if there is none
     */
    public record Request(Map<String, String> parameters, String signature, String token) {}

    private TokenService(HttpServer server) {
        this.server = server;
    }

    public static TokenService start() {
        try {
            HttpServer server =
                    HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), LoopbackPorts.next()), 0);
            TokenService service = new TokenService(server);
            server.createContext("/", service::answer);
            server.start();
            return service;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** Gives nobody anything from now on. */
    public void refuse() {
        refuses = true;
    }

    /** In the order in which they came. */
    public List<Request> requests() {
        return List.copyOf(requests);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String form = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            Map<String, String> parameters = Arrays.stream(form.split("&"))
                    .map(pair -> pair.split("=", 2))
                    .collect(Collectors.toMap(pair -> decoded(pair[0]), pair -> decoded(pair[1])));
            requests.add(new Request(
                    parameters, header(exchange, "Authorization"), header(exchange, "X-Amz-Security-Token")));
            String told = refuses
                    ? REFUSAL
                    : credentials(parameters.getOrDefault("Action", ""), parameters.getOrDefault("RoleArn", ""));
            byte[] answer = told.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "text/xml");
            exchange.sendResponseHeaders(refuses ? 403 : 200, answer.length);
            exchange.getResponseBody().write(answer);
        }
    }

    private static String header(HttpExchange exchange, String name) {
        return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name)).orElse("");
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private static String credentials(String action, String role) {
        return """
                <%1$sResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><%1$sResult>
                <Credentials><AccessKeyId>%2$s</AccessKeyId><SecretAccessKey>of-the-role</SecretAccessKey>
                <SessionToken>token-of-the-role</SessionToken><Expiration>%3$s</Expiration></Credentials>
                <AssumedRoleUser><AssumedRoleId>AROA:tributary</AssumedRoleId><Arn>%4$s</Arn></AssumedRoleUser>
                </%1$sResult></%1$sResponse>
                """.formatted(action, KEY, Instant.now().plus(VALID).truncatedTo(ChronoUnit.SECONDS), role);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
