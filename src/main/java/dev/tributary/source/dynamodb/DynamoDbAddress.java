package dev.tributary.source.dynamodb;

import dev.tributary.config.ConnectionUrl;
import dev.tributary.dynamodb.ServiceAddress;
import java.net.URI;
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
 * @param service where it is
 * @param enableStream whether the stream of a table that has none is enabled
 * @param consistent whether the snapshot's reads are consistent ones, for twice the capacity
 * @param segments into how many segments a table's snapshot is cut; 0 for as many as its size suggests
 * @param readCapacity units a second that a table's snapshot reads at most; 0 for no limit
 * @param form what an item is at the target
 * @param plainDocuments whether documents are plain JSON, without the types of their values
 * @param records how often a shard of the stream is asked for records
 * @param discovery how often the shards of a stream are listed
 */
record DynamoDbAddress(
        ServiceAddress service,
        List<String> tables,
        boolean snapshot,
        boolean enableStream,
        boolean consistent,
        int segments,
        int readCapacity,
        TableShape.Form form,
        boolean plainDocuments,
        Period records,
        Period discovery) {
    static final Set<String> SCHEMES = ServiceAddress.SCHEMES;

    /** More than a name of the checkpoint table holds. */
    private static final int LONGEST_TABLE = 128;

    /** A position costs more to be saved than an empty answer does to be heard. */
    private static final int IDLE_POLLS = 60;

    private static final Duration LONGEST_IDLE = Duration.ofMinutes(1);

    private static final String DISCOVERY_POLL_MAX = "discovery_poll_max";
    /** A shard that only a listing tells of is read so much later. */
    private static final Duration LONGEST_DISCOVERY = Duration.ofHours(1);

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
            DISCOVERY_POLL_MAX);

    /** The bounds between which pauses adapt: short while there is something to be had, long while there is not. */
    record Period(Duration shortest, Duration longest) {}

    static DynamoDbAddress of(ConnectionUrl url) {
        return of(url, false);
    }

    /** @param asItems whether the target is a DynamoDB, too */
    static DynamoDbAddress of(ConnectionUrl url, boolean asItems) {
        url.allowOnly(PARAMETERS);
        if (asItems) {
            List.of("item", "json").stream()
                    .filter(name -> url.parameter(name).isPresent())
                    .forEach(name -> {
                        throw url.wrong("parameter '" + name
                                + "' is for targets with columns; into DynamoDB items go as they are");
                    });
        }
        return new DynamoDbAddress(
                ServiceAddress.of(url, "/table"),
                tables(url),
                url.flag("snapshot", true),
                url.flag("enable_stream", true),
                url.flag("consistent", true),
                url.number("segments", 0, 0, MOST_SEGMENTS),
                url.number("read_capacity", 0, 0, Integer.MAX_VALUE),
                asItems ? TableShape.Form.ITEM : form(url),
                ServiceAddress.choice(url, "json", "typed", "plain").equals("plain"),
                period(url, "records_poll_min", Duration.ofMillis(200), "records_poll", Duration.ofSeconds(1)),
                discovery(url));
    }

    private static Period discovery(ConnectionUrl url) {
        Period period =
                period(url, "discovery_poll", Duration.ofSeconds(10), DISCOVERY_POLL_MAX, Duration.ofMinutes(1));
        if (period.longest().compareTo(LONGEST_DISCOVERY) > 0) {
            String name = url.parameter(DISCOVERY_POLL_MAX).isPresent() ? DISCOVERY_POLL_MAX : "discovery_poll";
            throw url.wrong("parameter '" + name
                    + "' is 60m at most: DynamoDB keeps the changes of a shard that is not found" + " for 24 hours");
        }
        return period;
    }

    private static TableShape.Form form(ConnectionUrl url) {
        boolean whole = ServiceAddress.choice(url, "item", "columns", "json").equals("json");
        return whole ? TableShape.Form.DOCUMENT : TableShape.Form.COLUMNS;
    }

    ConnectionUrl url() {
        return service.url();
    }

    /** So often a shard without changes tells that it has none: its position is not to become old. */
    Duration idle() {
        Duration polls = records.longest().multipliedBy(IDLE_POLLS);
        return polls.compareTo(LONGEST_IDLE) < 0 ? polls : LONGEST_IDLE;
    }

    String region() {
        return service.region();
    }

    Optional<URI> endpoint() {
        return service.endpoint();
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
