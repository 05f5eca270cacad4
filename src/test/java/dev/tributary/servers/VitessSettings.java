package dev.tributary.servers;

import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** What a cluster is to look like. */
record VitessSettings(
        SequencedMap<String, List<String>> keyspaces,
        int replicas,
        boolean durable,
        @Nullable Login login,
        Encryption encryption,
        List<String> vtgateFlags,
        List<String> vttabletFlags,
        List<String> mysqldFlags) {

    /** The one user whom VTGate lets in. */
    record Login(String user, String password) {}

    /** What VTGate's ports speak. */
    enum Encryption {
        NONE,
        TLS,
        MUTUAL_TLS
    }
}
