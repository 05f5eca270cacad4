package dev.tributary.servers;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A reshard of a keyspace, step by step, so that a test can look at what lies between the steps: started (the copy to
 * the new shards runs), copied, switched (writes go to the new shards, the old ones still exist), completed.
 */
public final class Reshard {
    private static final Duration COPY_LIMIT = Duration.ofMinutes(3);
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final VitessMachine machine;
    private final VitessKeyspace keyspace;
    private final List<String> from;
    private final List<String> to;
    private final String workflow = "reshard" + NUMBER.incrementAndGet();

    private Reshard(VitessMachine machine, VitessKeyspace keyspace, List<String> from, List<String> to) {
        this.machine = machine;
        this.keyspace = keyspace;
        this.from = List.copyOf(from);
        this.to = List.copyOf(to);
    }

    /** Adds the new shards and starts the copy to them. */
    static Reshard start(VitessMachine machine, VitessKeyspace keyspace, List<String> from, List<String> to) {
        keyspace.add(to);
        to.forEach(shard -> keyspace.shard(shard).awaitServing());
        Reshard reshard = new Reshard(machine, keyspace, from, to);
        reshard.run("create", "--source-shards=" + String.join(",", from), "--target-shards=" + String.join(",", to));
        return reshard;
    }

    /** Waits until the new shards have all rows and follow the old ones. */
    public Reshard awaitCopied() {
        Await.until("the new shards " + to + " have been copied", COPY_LIMIT, this::isCopied, () -> run("status"));
        return this;
    }

    private boolean isCopied() {
        List<String> streams =
                run("status").lines().filter(line -> line.contains("Status:")).toList();
        return !streams.isEmpty() && streams.stream().allMatch(line -> line.contains("Running"));
    }

    /** Sends reads and writes to the new shards. The old ones stay and can still be streamed from. */
    public Reshard switchTraffic() {
        run("switchtraffic");
        to.forEach(shard -> keyspace.shard(shard).awaitServing());
        return this;
    }

    /** Sends reads and writes to the old shards again, which have what the new ones were told meanwhile. */
    public Reshard reverseTraffic() {
        run("reversetraffic");
        from.forEach(shard -> keyspace.shard(shard).awaitServing());
        return this;
    }

    /** Gives it up, switched or not, and ends the new shards' servers. */
    public void cancel() {
        run("cancel");
        keyspace.forget(to);
    }

    /** Removes the old shards from the topology and ends their servers. */
    public void complete() {
        run("complete");
        keyspace.forget(from);
    }

    private String run(String action, String... more) {
        List<String> arguments = new ArrayList<>(
                List.of("Reshard", "--workflow=" + workflow, "--target-keyspace=" + keyspace.name(), action));
        arguments.addAll(List.of(more));
        return machine.vtctl().run(arguments.toArray(String[]::new));
    }
}
