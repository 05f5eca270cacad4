package dev.tributary.source.vitess;

import dev.tributary.config.ConnectionUrl;
import dev.tributary.record.ShardId;
import io.vitess.proto.Topodata.TabletType;
import java.io.File;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a Vitess cluster is and what is read of it: {@code vitess://[user:password@]host[:15991]/keyspace?…}, or
 * {@code planetscale://user:password@host/database?…}, which means TLS, port 443 and basic authentication.
 *
 * @param url for messages
 * @param grpcPort VTGate's gRPC port
 * @param mysqlPort VTGate's MySQL port, where shards and tables are looked up
 * @param alone whether that is the only keyspace of the source
 * @param basicAuthentication whether credentials are sent as HTTP's basic authentication, not as Vitess's static one
 * @param ca certificates to trust, in PEM; null for the platform's own
 * @param tabletType which tablets are read
 * @param cells where tablets are looked for; empty for the VTGate's own cell
 * @param shards the shards to read; empty for all
 * @param heartbeat how often VTGate says that it lives while there is nothing to send
 */
record VitessAddress(
        ConnectionUrl url,
        String host,
        int grpcPort,
        int mysqlPort,
        String keyspace,
        boolean alone,
        boolean basicAuthentication,
        boolean tls,
        @Nullable File ca,
        @Nullable File certificate,
        @Nullable File key,
        Optional<String> serverName,
        TabletType tabletType,
        String cells,
        TableFilter tables,
        Set<String> shards,
        boolean snapshot,
        Duration heartbeat) {
    static final Set<String> SCHEMES = Set.of("vitess", "planetscale");

    private static final Set<String> PARAMETERS = Set.of(
            "mysql_port",
            "tls",
            "ca",
            "cert",
            "key",
            "server_name",
            "tablet_type",
            "cells",
            "tables",
            "exclude",
            "shards",
            "snapshot",
            "heartbeat_seconds");

    /** The keyspaces that the path names; none if it names all there are. */
    static Set<String> keyspaces(ConnectionUrl url) {
        if (url.path().equals("*")) {
            return Set.of();
        }
        List<String> names = List.of(url.path().split(",", -1));
        Set<String> keyspaces = new LinkedHashSet<>(names);
        if (keyspaces.contains("") || keyspaces.contains("*") || keyspaces.size() < names.size()) {
            throw url.wrong("the path names keyspaces, each once and with commas between them, or is * for all");
        }
        return keyspaces;
    }

    /** Of a URL that names one keyspace. */
    static VitessAddress of(ConnectionUrl url) {
        Set<String> keyspaces = keyspaces(url);
        if (keyspaces.size() != 1) {
            throw url.wrong("its path names several keyspaces: name the one that is meant (--keyspace)");
        }
        return of(url, keyspaces.iterator().next());
    }

    /** @param keyspace one of those that it names */
    static VitessAddress of(ConnectionUrl url, String keyspace) {
        boolean alone = keyspaces(url).size() == 1;
        boolean planetscale = url.scheme().equals("planetscale");
        url.allowOnly(PARAMETERS);
        boolean tls = tls(url, planetscale);
        if (url.user().isPresent() != url.password().isPresent()) {
            throw url.wrong("user and password go together");
        }
        File certificate = file(url, "cert");
        File key = file(url, "key");
        if ((certificate == null) != (key == null)) {
            throw url.wrong("parameters 'cert' and 'key' go together");
        }
        return new VitessAddress(
                url,
                url.host(),
                url.port(planetscale ? 443 : 15991),
                url.number("mysql_port", planetscale ? 3306 : 15306, 1, 65535),
                keyspace,
                alone,
                planetscale,
                tls,
                file(url, "ca"),
                certificate,
                key,
                url.parameter("server_name"),
                tabletType(url),
                String.join(",", url.list("cells")),
                new TableFilter(url, alone ? "" : keyspace),
                shards(url, alone ? "" : keyspace),
                url.flag("snapshot", true),
                Duration.ofSeconds(url.number("heartbeat_seconds", 5, 1, 300)));
    }

    /** Whether a shard of the keyspace may be read, one of several. */
    static boolean readsSome(ConnectionUrl url, String keyspace) {
        return keyspaces(url).size() == 1
                || url.list("shards").isEmpty()
                || !shards(url, keyspace).isEmpty();
    }

    /** Of several keyspaces a shard is named with its own. */
    private static Set<String> shards(ConnectionUrl url, String keyspace) {
        Set<String> shards = new LinkedHashSet<>();
        for (String name : url.list("shards")) {
            int slash = name.lastIndexOf('/');
            if (keyspace.isEmpty()) {
                shards.add(name);
            } else if (slash < 1) {
                throw url.wrong("parameter 'shards': of several keyspaces it is keyspace/shard, not '" + name + "'");
            } else if (name.substring(0, slash).equals(keyspace)) {
                shards.add(name.substring(slash + 1));
            }
        }
        return shards;
    }

    private static boolean tls(ConnectionUrl url, boolean planetscale) {
        String fallback = planetscale || url.parameter("ca").isPresent() ? "verify" : "disabled";
        String mode = url.parameter("tls").orElse(fallback);
        boolean tls = switch (mode) {
            case "verify" -> true;
            case "disabled" -> false;
            default -> throw url.wrong("parameter 'tls' is disabled or verify, not '" + mode + "'");
        };
        for (String parameter : List.of("ca", "cert", "key", "server_name")) {
            if (!tls && url.parameter(parameter).isPresent()) {
                throw url.wrong("parameter '" + parameter + "' needs tls=verify");
            }
        }
        return tls;
    }

    private static @Nullable File file(ConnectionUrl url, String parameter) {
        Optional<String> path = url.parameter(parameter);
        if (path.isEmpty()) {
            return null;
        }
        File file = new File(path.get());
        if (!file.canRead()) {
            throw url.wrong("parameter '" + parameter + "': no readable file " + file);
        }
        return file;
    }

    private static TabletType tabletType(ConnectionUrl url) {
        String name = url.parameter("tablet_type").orElse("primary");
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "primary" -> TabletType.PRIMARY;
            case "replica" -> TabletType.REPLICA;
            case "rdonly" -> TabletType.RDONLY;
            default -> throw url.wrong("parameter 'tablet_type' is primary, replica or rdonly, not '" + name + "'");
        };
    }

    /** Whether a shard is read: one that is named, or has nothing but rows of such, for they may be resharded. */
    boolean selects(String shard) {
        return shards.isEmpty() || ShardRange.cover(shards, shard);
    }

    boolean selects(ShardId shard) {
        return shard.keyspace().equals(keyspace) && selects(shard.shard());
    }

    /** What VTGate's MySQL port takes for a database: one shard's tablets of the type that is read. */
    String target(String shard) {
        return keyspace + ":" + shard + "@" + tabletType.name().toLowerCase(Locale.ROOT);
    }
}
