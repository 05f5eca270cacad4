package dev.tributary.config;

import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A source's or sink's address: {@code scheme://[user[:password]@]host[:port]/path[?name=value&…]}, percent-encoded.
 * What is wrong with it is said with the setting's name, and never with its password.
 */
public final class ConnectionUrl {
    /** java.net.URI knows no host with an underscore in it, which services of containers often have. */
    private static final Pattern AUTHORITY = Pattern.compile("((?<user>[^:@]*)(:(?<password>[^@]*))?@)?"
            + "(?<host>[A-Za-z0-9._~%-]+|\\[[0-9A-Fa-f:.%a-z]+\\])(:(?<port>\\d{1,5})?)?");

    private final String setting;
    private final URI uri;
    private final String host;
    private final int port;
    private final @Nullable String user;
    private final @Nullable String password;
    private final Map<String, String> parameters;

    private ConnectionUrl(String setting, URI uri, Matcher authority, Optional<String> password) {
        this.setting = setting;
        this.uri = uri;
        this.host = authority.group("host");
        this.port = authority.group("port") == null ? -1 : Integer.parseInt(authority.group("port"));
        if (port == 0 || port > 65_535) {
            throw new PipelineException(Kind.SETTING, setting + ": port " + port + " is not a number from 1 to 65535");
        }
        String name = authority.group("user");
        this.user = name == null ? null : decode(name);
        String own = authority.group("password");
        this.password = password.orElse(own == null ? null : decode(own));
        this.parameters = parameters(setting, uri);
    }

    /** The source's URL, with the password that overrides its own. */
    public static ConnectionUrl ofSource(Settings settings) {
        return ofSetting("source", settings.source(), settings.sourcePassword());
    }

    /** The sink's URL, with the password that overrides its own. */
    public static ConnectionUrl ofSink(Settings settings) {
        return ofSetting("sink", settings.sink(), settings.sinkPassword());
    }

    private static ConnectionUrl ofSetting(String name, Optional<String> url, Optional<String> password) {
        String variable = Setting.variableOf("tributary." + name);
        if (url.isEmpty()) {
            throw new PipelineException(Kind.SETTING, variable + ": is not set; 'tributary help' tells what it holds");
        }
        return parse(variable, url.get(), password);
    }

    /**
     * Reads a URL.
     *
     * @param setting the environment variable that holds it, for messages
     * @param password overrides the URL's own
     * @throws PipelineException of kind SETTING, with a message for the user
     */
    public static ConnectionUrl parse(String setting, String text, Optional<String> password) {
        URI uri;
        try {
            uri = new URI(text.strip());
        } catch (URISyntaxException e) {
            // the exception's own message repeats the URL, with its password
            throw new PipelineException(
                    Kind.SETTING,
                    setting + ": not a URL (" + e.getReason() + " at character " + e.getIndex()
                            + "); percent-encode special characters in user and password");
        }
        if (holdsAt(uri.getRawPath()) || holdsAt(uri.getRawQuery()) || holdsAt(uri.getRawFragment())) {
            // a password with a slash, question mark or number sign in it: what looks like a path is the rest of it
            throw new PipelineException(
                    Kind.SETTING,
                    setting + ": special characters in user and password must be percent-encoded, as must an '@'"
                            + " anywhere but before the host");
        }
        Matcher authority = AUTHORITY.matcher(Objects.requireNonNullElse(uri.getRawAuthority(), ""));
        if (uri.getScheme() == null || !authority.matches()) {
            throw new PipelineException(
                    Kind.SETTING, setting + ": expected scheme://[user:password@]host[:port]/name[?name=value&…]");
        }
        return new ConnectionUrl(setting, uri, authority, password);
    }

    private static boolean holdsAt(@Nullable String part) {
        return part != null && part.contains("@");
    }

    private static Map<String, String> parameters(String setting, URI uri) {
        Map<String, String> parameters = new LinkedHashMap<>();
        String query = uri.getRawQuery();
        if (query == null || query.isEmpty()) {
            return parameters;
        }
        int number = 0;
        for (String pair : query.split("&", -1)) {
            number++;
            int equals = pair.indexOf('=');
            if (equals <= 0) {
                // not the pair itself: it may be what somebody took for a password
                throw new PipelineException(
                        Kind.SETTING, setting + ": parameter " + number + " after the question mark is not name=value");
            }
            String name = decode(pair.substring(0, equals));
            if (parameters.put(name, decode(pair.substring(equals + 1))) != null) {
                throw new PipelineException(Kind.SETTING, setting + ": parameter '" + name + "' is given twice");
            }
        }
        return parameters;
    }

    private static String decode(String text) {
        // a plus is a plus: only forms write blanks so
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** The environment variable that holds this URL. */
    public String setting() {
        return setting;
    }

    public String scheme() {
        return uri.getScheme().toLowerCase(Locale.ROOT);
    }

    public Optional<String> user() {
        return Optional.ofNullable(user);
    }

    public Optional<String> password() {
        return Optional.ofNullable(password);
    }

    public String host() {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    public int port(int fallback) {
        return port < 0 ? fallback : port;
    }

    /** The path without its slash: the keyspace, the database. */
    public String path() {
        String path = uri.getRawPath();
        String name = path == null || path.isEmpty() ? "" : decode(path.substring(1));
        if (name.isEmpty() || name.contains("/")) {
            throw wrong("expected one name after the host, as in " + scheme() + "://" + host() + "/name");
        }
        return name;
    }

    /** The same, where there may be none. */
    public Optional<String> optionalPath() {
        String path = uri.getRawPath();
        return path == null || path.length() <= 1 ? Optional.empty() : Optional.of(path());
    }

    public Optional<String> parameter(String name) {
        return Optional.ofNullable(parameters.get(name));
    }

    public boolean flag(String name, boolean fallback) {
        String value = parameters.get(name);
        if (value == null) {
            return fallback;
        }
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "true", "1", "yes", "on" -> true;
            case "false", "0", "no", "off" -> false;
            default -> throw wrong("parameter '" + name + "' is true or false, not '" + value + "'");
        };
    }

    public int number(String name, int fallback, int min, int max) {
        String value = parameters.get(name);
        if (value == null) {
            return fallback;
        }
        try {
            int number = Integer.parseInt(value.strip());
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw wrong("parameter '" + name + "' is a number from " + min + " to " + max + ", not '" + value + "'");
    }

    /** The comma-separated values of a parameter, without blanks around them; empty if it is absent. */
    public List<String> list(String name) {
        String value = parameters.getOrDefault(name, "");
        return value.isBlank()
                ? List.of()
                : List.of(value.split(",", -1)).stream().map(String::strip).toList();
    }

    /** @throws PipelineException if the URL has a parameter that is not one of these */
    public void allowOnly(Set<String> known) {
        for (String name : parameters.keySet()) {
            if (!known.contains(name)) {
                throw wrong("unknown parameter '" + name + "'; known are "
                        + String.join(", ", known.stream().sorted().toList()));
            }
        }
    }

    /** A failure of this setting. */
    public PipelineException wrong(String what) {
        return new PipelineException(Kind.SETTING, setting + ": " + what);
    }

    /** Scheme, host and path: nothing secret. */
    @Override
    public String toString() {
        return scheme() + "://" + host + (port < 0 ? "" : ":" + port) + uri.getRawPath();
    }
}
