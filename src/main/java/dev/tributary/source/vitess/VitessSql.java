package dev.tributary.source.vitess;

import dev.tributary.config.ConnectionUrl;
import dev.tributary.record.PipelineException;
import io.vertx.mysqlclient.MySQLConnectOptions;
import java.util.Set;

/** What another reader of the same source needs: where VTGate's MySQL port is, and what of the keyspace is selected. */
public final class VitessSql {
    private final VitessAddress address;

    private VitessSql(VitessAddress address) {
        this.address = address;
    }

    /**
     * @param keyspace one of those that the URL names; empty for the only one
     * @throws PipelineException of kind SETTING if the URL is not a Vitess source's, or names no or more keyspaces
     */
    public static VitessSql of(ConnectionUrl url, String keyspace) {
        if (!VitessAddress.SCHEMES.contains(url.scheme())) {
            throw url.wrong("no source speaks '" + url.scheme() + "'; known are " + VitessAddress.SCHEMES);
        }
        if (keyspace.isEmpty()) {
            return new VitessSql(VitessAddress.of(url));
        }
        Set<String> named = VitessAddress.keyspaces(url);
        if (!named.isEmpty() && !named.contains(keyspace)) {
            throw url.wrong("keyspace '" + keyspace + "' is not among those that are read, " + named);
        }
        return new VitessSql(VitessAddress.of(url, keyspace));
    }

    /** Whether it is the only keyspace of the source. */
    public boolean alone() {
        return address.alone();
    }

    /** Address, credentials and TLS, without a database. Reads the files of its TLS. */
    public MySQLConnectOptions options() {
        return MySqlPort.options(address);
    }

    public String keyspace() {
        return address.keyspace();
    }

    /** The names that select shards; empty for all. */
    public Set<String> shards() {
        return address.shards();
    }

    /** Whether a shard is read. */
    public boolean selectsShard(String shard) {
        return address.selects(shard);
    }

    /** The tables that are named one by one: each must exist. */
    public Set<String> namedTables() {
        return address.tables().exactNames();
    }

    /** Whether a table of this name is carried if it exists. */
    public boolean selects(String table) {
        return address.tables().selects(table) && !address.tables().isLeftOutByName(table);
    }

    /** What a failed query means. */
    public PipelineException failure(String what, Throwable cause) {
        return VitessFailures.ofQuery(what, address, address.keyspace(), cause);
    }
}
