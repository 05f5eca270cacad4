package dev.tributary.dynamodb;

import dev.tributary.config.ConnectionUrl;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Where DynamoDB is and who asks: {@code dynamodb://[accessKeyId:secretAccessKey@]region/…?endpoint=…&session_token=…&role=…}.
 *
 * @param url for messages, and for the static keys
 * @param endpoint another address than the region's own
 * @param sessionToken of a temporary access key
 * @param role a role to assume
 */
public record ServiceAddress(
        ConnectionUrl url,
        String region,
        Optional<URI> endpoint,
        Optional<String> sessionToken,
        Optional<String> role) {
    /** The URL schemes that mean DynamoDB. */
    public static final Set<String> SCHEMES = Set.of("dynamodb");

    /** The parameters that are read here. */
    public static final Set<String> PARAMETERS = Set.of("endpoint", "session_token", "role");

    /**
     * @param example what follows the region, for messages
     * @throws dev.tributary.record.PipelineException of kind SETTING if the URL is wrong
     */
    public static ServiceAddress of(ConnectionUrl url, String example) {
        if (url.user().isPresent() != url.password().isPresent()) {
            throw url.wrong("access key id and secret access key go together");
        }
        if (url.parameter("session_token").isPresent() && url.user().isEmpty()) {
            throw url.wrong("parameter 'session_token' goes with an access key: dynamodb://ID:SECRET@region" + example);
        }
        if (url.port(-1) >= 0) {
            throw url.wrong("a region has no port; another address than the region's own is parameter 'endpoint'");
        }
        return new ServiceAddress(
                url, url.host(), endpoint(url), url.parameter("session_token"), url.parameter("role"));
    }

    private static Optional<URI> endpoint(ConnectionUrl url) {
        return url.parameter("endpoint").map(text -> {
            try {
                URI uri = new URI(text);
                if (uri.getHost() != null && Set.of("http", "https").contains(String.valueOf(uri.getScheme()))) {
                    return uri;
                }
            } catch (URISyntaxException e) {
                // said below
            }
            throw url.wrong("parameter 'endpoint' is an address such as http://127.0.0.1:8000");
        });
    }

    /** A parameter that has one of two values. */
    public static String choice(ConnectionUrl url, String parameter, String fallback, String other) {
        String value = url.parameter(parameter).orElse(fallback).toLowerCase(Locale.ROOT);
        if (!value.equals(fallback) && !value.equals(other)) {
            throw url.wrong("parameter '" + parameter + "' is " + fallback + " or " + other + ", not '" + value + "'");
        }
        return value;
    }

    /** What a table is called everywhere. What is like DynamoDB elsewhere gives every table the same account. */
    public String identity(String arn) {
        return endpoint.filter(uri -> !uri.getHost().endsWith(".amazonaws.com"))
                        .map(uri -> uri.getHost() + ":" + uri.getPort() + " ")
                        .orElse("")
                + arn;
    }

    /** Region and endpoint, as operators see it. */
    @Override
    public String toString() {
        return "DynamoDB in " + region
                + endpoint.map(uri -> " at " + uri.getHost()).orElse("");
    }
}
