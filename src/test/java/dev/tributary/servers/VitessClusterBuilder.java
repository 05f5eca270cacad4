package dev.tributary.servers;

import dev.tributary.servers.VitessSettings.Encryption;
import dev.tributary.servers.VitessSettings.Login;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** Describes a {@link VitessCluster} and starts it. */
public final class VitessClusterBuilder {
    private final SequencedMap<String, List<String>> keyspaces = new LinkedHashMap<>();
    private int replicas;
    private boolean durable;
    private @Nullable Login login;
    private Encryption encryption = Encryption.NONE;
    private final List<String> vtgateFlags = new ArrayList<>();
    private final List<String> vttabletFlags = new ArrayList<>();
    private final List<String> mysqldFlags = new ArrayList<>();

    VitessClusterBuilder() {}

    /**
     * Adds a keyspace; the first is the one that the cluster's methods mean where they name none.
     *
     * @param shards key ranges such as {@code -80} and {@code 80-}, or {@code 0} alone for an unsharded keyspace
     */
    public VitessClusterBuilder keyspace(String name, String... shards) {
        keyspaces.put(name, List.of(shards));
        return this;
    }

    /** How many replicas each shard has beside its primary; none without this. */
    public VitessClusterBuilder replicas(int count) {
        replicas = count;
        return this;
    }

    /** Has every mysqld flush each commit to disk. Without it a killed mysqld loses nothing either. */
    public VitessClusterBuilder durable() {
        durable = true;
        return this;
    }

    /** Has VTGate ask for this user and password, on its gRPC and its MySQL port. */
    public VitessClusterBuilder login(String user, String password) {
        login = new Login(user, password);
        return this;
    }

    /** Has VTGate speak TLS on both ports, with a certificate of {@link VitessCluster#certificates()}. */
    public VitessClusterBuilder tls() {
        encryption = Encryption.TLS;
        return this;
    }

    /** As {@link #tls()}, and has the gRPC port ask for a client's certificate. */
    public VitessClusterBuilder mutualTls() {
        encryption = Encryption.MUTUAL_TLS;
        return this;
    }

    /** More flags for VTGate; a later one overrides an earlier. */
    public VitessClusterBuilder vtgateFlags(String... flags) {
        vtgateFlags.addAll(List.of(flags));
        return this;
    }

    /** More flags for every vttablet. */
    public VitessClusterBuilder vttabletFlags(String... flags) {
        vttabletFlags.addAll(List.of(flags));
        return this;
    }

    /** More flags for every tablet's mysqld. */
    public VitessClusterBuilder mysqldFlags(String... flags) {
        mysqldFlags.addAll(List.of(flags));
        return this;
    }

    /** Starts the cluster and waits until VTGate reaches every tablet. */
    public VitessCluster start() {
        if (keyspaces.isEmpty()) {
            throw new IllegalStateException("a cluster needs a keyspace");
        }
        return VitessCluster.start(new VitessSettings(
                keyspaces, replicas, durable, login, encryption, vtgateFlags, vttabletFlags, mysqldFlags));
    }
}
