package dev.tributary.servers;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Tables that are moved to another keyspace, step by step: started (the copy runs), copied, switched (writes go to the other
 * keyspace, which the old one follows), completed (the old one has the tables no more).
 */
public final class MoveTables {
    private static final Duration COPY_LIMIT = Duration.ofMinutes(3);
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final VitessMachine machine;
    private final String to;
    private final String workflow = "move" + NUMBER.incrementAndGet();

    private MoveTables(VitessMachine machine, String to) {
        this.machine = machine;
        this.to = to;
    }

    static MoveTables start(VitessMachine machine, String from, String to, String tables) {
        MoveTables move = new MoveTables(machine, to);
        move.run("create", "--source-keyspace=" + from, "--tables=" + tables);
        return move;
    }

    /** Waits until the tables are copied and follow the old ones. */
    public MoveTables awaitCopied() {
        Await.until("the tables have been copied to " + to, COPY_LIMIT, this::isCopied, () -> run("status"));
        return this;
    }

    private boolean isCopied() {
        List<String> streams =
                run("status").lines().filter(line -> line.contains("Status:")).toList();
        return !streams.isEmpty() && streams.stream().allMatch(line -> line.contains("Running"));
    }

    /** Sends reads and writes to the new tables, whichever keyspace they name; the old ones follow them. */
    public MoveTables switchTraffic() {
        run("switchtraffic");
        return this;
    }

    /** Sends reads and writes to the old tables again; the new ones follow them as before. */
    public MoveTables reverseTraffic() {
        run("reversetraffic");
        return this;
    }

    /** Drops the old tables; who names their keyspace still reaches the new ones. */
    public void complete() {
        run("complete", "--keep-routing-rules");
    }

    private String run(String action, String... more) {
        List<String> arguments =
                new ArrayList<>(List.of("MoveTables", "--workflow=" + workflow, "--target-keyspace=" + to, action));
        arguments.addAll(List.of(more));
        return machine.vtctl().run(arguments.toArray(String[]::new));
    }
}
