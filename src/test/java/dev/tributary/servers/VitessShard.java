package dev.tributary.servers;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One shard of a keyspace: a primary and its replicas, any of which can be made the primary. */
final class VitessShard {
    private static final Duration SERVING_LIMIT = Duration.ofSeconds(90);

    private final VitessMachine machine;
    private final VtGate vtgate;
    private final String keyspace;
    private final String name;
    private final List<VitessTablet> tablets;

    private VitessShard(
            VitessMachine machine, VtGate vtgate, String keyspace, String name, List<VitessTablet> tablets) {
        this.machine = machine;
        this.vtgate = vtgate;
        this.keyspace = keyspace;
        this.name = name;
        this.tablets = tablets;
    }

    /** Makes a shard whose mysqlds are starting. */
    static VitessShard create(VitessMachine machine, VtGate vtgate, String keyspace, String name) {
        List<VitessTablet> tablets = new ArrayList<>();
        for (int i = 0; i <= machine.settings().replicas(); i++) {
            tablets.add(VitessTablet.create(machine, keyspace, name));
        }
        return new VitessShard(machine, vtgate, keyspace, name, List.copyOf(tablets));
    }

    /** Starts the vttablets and makes the first the primary. Needs the topology and vtctld. */
    void launch() {
        Parallel.run(tablets, VitessTablet::launch);
        machine.vtctld().process().awaitReady();
        machine.vtctl()
                .run(
                        "PlannedReparentShard",
                        path(),
                        "--new-primary=" + tablets.getFirst().alias());
    }

    String name() {
        return name;
    }

    List<VitessTablet> tablets() {
        return tablets;
    }

    /** The primary by the topology's word. */
    VitessTablet primary() {
        if (tablets.size() == 1) {
            return tablets.getFirst();
        }
        long uid = machine.vtctl()
                .json("GetShard", path())
                .getJsonObject("shard")
                .getJsonObject("primary_alias")
                .getLong("uid");
        return tablets.stream()
                .filter(tablet -> tablet.number() == uid)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the primary of " + path() + " is unknown: " + uid));
    }

    VitessTablet replica() {
        VitessTablet primary = primary();
        return tablets.stream()
                .filter(tablet -> !tablet.equals(primary) && tablet.vttablet().isAlive())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(path() + " has no replica that runs"));
    }

    void plannedReparent() {
        VitessTablet next = replica();
        machine.vtctl().run("PlannedReparentShard", path(), "--new-primary=" + next.alias());
        awaitServingPrimary(next);
    }

    void emergencyReparent() {
        VitessTablet next = replica();
        machine.vtctl()
                .run("EmergencyReparentShard", path(), "--new-primary=" + next.alias(), "--wait-replicas-timeout=5s");
        awaitServingPrimary(next);
    }

    /** Waits until VTGate has the primary, and every other tablet that runs, as serving. */
    void awaitServing() {
        Await.until(
                "VTGate reaches every tablet of " + path(),
                SERVING_LIMIT,
                () -> !vtgate.query(keyspace + ":" + name + "@primary", "SELECT 1")
                                .isEmpty()
                        && tablets.stream()
                                .filter(tablet -> tablet.vttablet().isAlive())
                                .allMatch(this::isServing),
                this::evidence);
    }

    private void awaitServingPrimary(VitessTablet primary) {
        Await.until(
                "VTGate takes " + primary + " for the primary",
                SERVING_LIMIT,
                () -> isServing(primary, "PRIMARY"),
                this::evidence);
        awaitServing();
    }

    private boolean isServing(VitessTablet tablet) {
        return isServing(tablet, null);
    }

    private boolean isServing(VitessTablet tablet, @Nullable String type) {
        try {
            return vtgate.query("", "SHOW VITESS_TABLETS").stream()
                    .anyMatch(row -> row.contains(tablet.alias())
                            && row.contains("SERVING")
                            && (type == null || row.contains(type)));
        } catch (SQLException e) {
            return false;
        }
    }

    private String evidence() {
        StringBuilder logs = new StringBuilder(vtgate.process().logTail());
        tablets.forEach(tablet -> logs.append('\n').append(tablet.vttablet().logTail()));
        return logs.toString();
    }

    private String path() {
        return keyspace + "/" + name;
    }
}
