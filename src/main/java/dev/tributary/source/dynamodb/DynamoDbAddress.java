package dev.tributary.source.dynamodb;

import dev.tributary.config.ConnectionUrl;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which tables are read and how: {@code dynamodb://[accessKeyId:secretAccessKey@]region/table[,table…]?…}.
 *
 * @param url for messages, and for the static keys
 * @param endpoint another address than the region's own
 * @param role a role to assume
 * @param enableStream whether the stream of a table that has none is enabled
 * @param consistent whether the snapshot's reads are consistent ones, for twice the capacity
 * @param segments into how many segments a table's snapshot is cut; 0 for as many as its size suggests
 * @param readCapacity units a second that a table's snapshot reads at most; 0 for no limit
 * @param wholeItems whether an item is one document at the target, beside its key
 * @param plainDocuments whether documents are plain JSON, without the types of their values
 * @param records how often a shard of the stream is asked for records
 * @param discovery how often the shards of a stream are listed
 */
record DynamoDbAddress(
        ConnectionUrl url,
        String region,
        List<String> tables,
        Optional<URI> endpoint,
        Optional<String> sessionToken,
        Optional<String> role,
        boolean snapshot,
        boolean enableStream,
        boolean consistent,
        int segments,
        int readCapacity,
        boolean wholeItems,
        boolean plainDocuments,
        Period records,
        Period discovery) {
    static final Set<String> SCHEMES = Set.of("dynamodb");

    /** More than a name of the checkpoint table holds. */
    private static final int LONGEST_TABLE = 128;

    private static final int MOST_SEGMENTS = 10_000;
    private static final Pattern TABLE = Pattern.compile("[A-Za-z0-9_.-]{3,255}");
    private static final Pattern DURATION = Pattern.compile("(\\d{1,7})(ms|s|m)", Pattern.CASE_INSENSITIVE);

    private static final Set<String> PARAMETERS = Set.of(
            "endpoint",
            "session_token",
            "role",
            "snapshot",
            "enable_stream",
            "consistent",
            "segments",
            "read_capacity",
            "item",
            "json",
            "records_poll_min",
            "records_poll",
            "discovery_poll",
            "discovery_poll_max");

    /** The bounds between which pauses adapt: short while there is something to be had, long while there is not. */
    record Period(Duration shortest, Duration longest) {}

    static DynamoDbAddress of(ConnectionUrl url) {
        url.allowOnly(PARAMETERS);
        if (url.user().isPresent() != url.password().isPresent()) {
            throw url.wrong("access key id and secret access key go together");
        }
        if (url.parameter("session_token").isPresent() && url.user().isEmpty()) {
            throw url.wrong("parameter 'session_token' goes with an access key: dynamodb://ID:SECRET@region/table");
        }
        if (url.port(-1) >= 0) {
            throw url.wrong("a region has no port; another address than the region's own is parameter 'endpoint'");
        }
        return new DynamoDbAddress(
                url,
                url.host(),
                tables(url),
                endpoint(url),
                url.parameter("session_token"),
                url.parameter("role"),
                url.flag("snapshot", true),
                url.flag("enable_stream", true),
                url.flag("consistent", true),
                url.number("segments", 0, 0, MOST_SEGMENTS),
                url.number("read_capacity", 0, 0, Integer.MAX_VALUE),
                choice(url, "item", "columns", "json").equals("json"),
                choice(url, "json", "typed", "plain").equals("plain"),
                period(url, "records_poll_min", Duration.ofMillis(200), "records_poll", Duration.ofSeconds(1)),
                period(url, "discovery_poll", Duration.ofSeconds(10), "discovery_poll_max", Duration.ofMinutes(1)));
    }

    private static List<String> tables(ConnectionUrl url) {
        Set<String> tables = new LinkedHashSet<>();
        for (String table : url.path().split(",", -1)) {
            String name = table.strip();
            if (!TABLE.matcher(name).matches()) {
                throw url.wrong("'" + name + "' is no name of a DynamoDB table");
            }
            if (name.length() > LONGEST_TABLE) {
                throw url.wrong("table '" + name + "': names of more than " + LONGEST_TABLE
                        + " characters do not fit the checkpoints");
            }
            tables.add(name);
        }
        return List.copyOf(tables);
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

    private static String choice(ConnectionUrl url, String parameter, String fallback, String other) {
        String value = url.parameter(parameter).orElse(fallback).toLowerCase(Locale.ROOT);
        if (!value.equals(fallback) && !value.equals(other)) {
            throw url.wrong("parameter '" + parameter + "' is " + fallback + " or " + other + ", not '" + value + "'");
        }
        return value;
    }

    private static Period period(ConnectionUrl url, String shortest, Duration low, String longest, Duration high) {
        Optional<Duration> from = duration(url, shortest);
        Optional<Duration> to = duration(url, longest);
        Duration least = from.orElse(to.filter(end -> end.compareTo(low) < 0).orElse(low));
        Duration most = to.orElse(least.compareTo(high) > 0 ? least : high);
        if (least.compareTo(most) > 0) {
            throw url.wrong("parameter '" + shortest + "' is longer than '" + longest + "'");
        }
        return new Period(least, most);
    }

    private static Optional<Duration> duration(ConnectionUrl url, String parameter) {
        return url.parameter(parameter).map(text -> {
            Matcher matcher = DURATION.matcher(text.strip());
            if (!matcher.matches() || Integer.parseInt(matcher.group(1)) == 0) {
                throw url.wrong(
                        "parameter '" + parameter + "' is a duration such as 500ms, 10s or 1m, not '" + text + "'");
            }
            int number = Integer.parseInt(matcher.group(1));
            return switch (matcher.group(2).toLowerCase(Locale.ROOT)) {
                case "ms" -> Duration.ofMillis(number);
                case "s" -> Duration.ofSeconds(number);
                default -> Duration.ofMinutes(number);
            };
        });
    }
}
