package dev.tributary.sink.dynamodb;

import dev.tributary.config.ConnectionUrl;
import dev.tributary.dynamodb.ServiceAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where tables are written and how: {@code dynamodb://[accessKeyId:secretAccessKey@]region[/prefix]?…}.
 *
 * @param service where it is
 * @param prefix what the names of all tables begin with, the checkpoints' too; may be empty
 * @param requests how many requests of rows are under way at most
 * @param timeout how long an answer is waited for
 * @param jsonMaps whether JSON becomes maps and lists instead of text
 * @param keepsOldItems whether a schema change is passed that leaves items of before as they were
 */
public record TargetAddress(
        ServiceAddress service,
        String prefix,
        int requests,
        Duration timeout,
        boolean jsonMaps,
        boolean keepsOldItems) {
    private static final Set<String> OWN = Set.of("requests", "timeout", "json", "old_items");
    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9_.-]{0,128}");

    /** @throws dev.tributary.record.PipelineException of kind SETTING if the URL is wrong */
    public static TargetAddress of(ConnectionUrl url) {
        Set<String> known = new HashSet<>(ServiceAddress.PARAMETERS);
        known.addAll(OWN);
        url.allowOnly(known);
        String prefix = url.optionalPath().orElse("");
        if (!PREFIX.matcher(prefix).matches()) {
            throw url.wrong(
                    "'" + prefix + "' can't begin the names of tables: these have letters, digits, '_', '.' and '-'");
        }
        return new TargetAddress(
                ServiceAddress.of(url, ""),
                prefix,
                url.number("requests", 64, 1, 1000),
                Duration.ofSeconds(url.number("timeout", 10, 1, 300)),
                ServiceAddress.choice(url, "json", "text", "map").equals("map"),
                ServiceAddress.choice(url, "old_items", "stop", "keep").equals("keep"));
    }

    ConnectionUrl url() {
        return service.url();
    }
}
