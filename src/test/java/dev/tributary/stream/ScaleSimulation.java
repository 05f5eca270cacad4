package dev.tributary.stream;

import dev.tributary.record.ShardId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * Many processes that share many shards, in simulated time: they renew their leases, look, and decide by {@link Shares} as
 * {@link Ownership} has them do; claims and hand-overs take their time, and two that claim the same shard are settled by who came
 * first. Milliseconds throughout.
 */
final class ScaleSimulation {
    static final int TICK = 1_000;
    static final int LEASE = 10_000;

    private static final int LATE = 3 * TICK;
    private static final int LOOK = 5_000;
    /** From the decision to give a shard until it is given back: what is under way is committed. */
    private static final int DRAIN = 500;

    private final List<ShardId> shards;
    private final double start;
    private final Random random;
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingDouble(Event::at).thenComparingLong(Event::number));
    private final Map<String, Process> processes = new TreeMap<>();
    private final Map<ShardId, String> owners = new HashMap<>();

    private double now;
    private long number;
    private int claims;
    private int moved;

    private record Event(double at, long number, Runnable action) {}

    private final class Process {
        final String name;
        final Set<ShardId> mine = new HashSet<>();
        final Set<ShardId> claiming = new HashSet<>();
        final Set<ShardId> leaving = new HashSet<>();
        boolean runs = true;
        double renewed;
        double looked = Double.NEGATIVE_INFINITY;
        boolean even;
        List<Set<String>> seen = List.of();
        /** When what it has claimed so far is open. */
        double busyUntil;

        Process(String name) {
            this.name = name;
        }

        void tick() {
            if (!runs) {
                return;
            }
            renewed = now;
            List<Set<String>> others = List.of(live(), renewedWithin(LATE));
            if (!even || !others.equals(seen) || now - looked >= LOOK) {
                seen = others;
                look(others.getFirst(), others.getLast());
            }
            after(TICK, this::tick);
        }

        private void look(Set<String> live, Set<String> peers) {
            looked = now;
            Map<ShardId, String> had = new HashMap<>(owners);
            had.values().removeIf(owner -> !live.contains(owner));
            List<ShardId> own = shards.stream()
                    .filter(shard -> (mine.contains(shard) || claiming.contains(shard)) && !leaving.contains(shard))
                    .toList();
            claiming.forEach(shard -> had.putIfAbsent(shard, name));
            Shares shares = Shares.of(name, peers, shards, had, own, leaving);
            even = shares.even();
            shares.lost().forEach(mine::remove);
            shares.take().forEach(this::claim);
            shares.give().forEach(this::give);
        }

        /** One after the other, as far as its CPU goes. */
        private void claim(ShardId shard) {
            claims++;
            claiming.add(shard);
            busyUntil = Math.max(busyUntil, now) + start;
            after(busyUntil - now, () -> {
                claiming.remove(shard);
                String owner = owners.get(shard);
                if (!runs) {
                    return;
                }
                if (owner == null || !live().contains(owner)) {
                    owners.put(shard, name);
                    mine.add(shard);
                } else if (!owner.equals(name)) {
                    even = false;
                }
            });
        }

        private void give(ShardId shard) {
            moved++;
            leaving.add(shard);
            after(DRAIN, () -> {
                leaving.remove(shard);
                if (runs) {
                    mine.remove(shard);
                    owners.remove(shard, name);
                }
            });
        }
    }

    /**
     * @param start of the CPU that starting one stream takes, how long it keeps a process
     */
    ScaleSimulation(int shards, double start, long seed) {
        this.shards = IntStream.range(0, shards)
                .mapToObj(shard -> new ShardId("scale", "s" + shard))
                .toList();
        this.start = start;
        this.random = new Random(seed);
    }

    /** Has processes start, each at its own moment of the next seconds. */
    void join(int count) {
        for (int i = 0; i < count; i++) {
            Process process = new Process("p%04d".formatted(processes.size()));
            processes.put(process.name, process);
            process.renewed = now;
            after(random.nextDouble(TICK), process::tick);
        }
    }

    /** One process ends without a word. */
    void kill() {
        List<Process> running =
                processes.values().stream().filter(process -> process.runs).toList();
        running.get(random.nextInt(running.size())).runs = false;
    }

    /** One process gives everything back and ends. */
    void stop() {
        Process process = processes.values().stream()
                .filter(running -> running.runs)
                .findFirst()
                .orElseThrow();
        process.runs = false;
        owners.values().removeIf(process.name::equals);
        processes.remove(process.name);
    }

    private Set<String> live() {
        return renewedWithin(LEASE);
    }

    private Set<String> renewedWithin(int millis) {
        Set<String> live = new TreeSet<>();
        for (Process process : processes.values()) {
            if (now - process.renewed < millis) {
                live.add(process.name);
            }
        }
        return live;
    }

    private void after(double delay, Runnable action) {
        events.add(new Event(now + delay, number++, action));
    }

    /** Goes on until every shard has a process that runs; how long that took, in seconds. */
    double untilCarried() {
        return until(this::isCarried);
    }

    /** Goes on until they are shared evenly besides. */
    double untilEven() {
        return until(() -> isCarried() && isEven());
    }

    private double until(BooleanSupplier reached) {
        double began = now;
        while (!reached.getAsBoolean()) {
            Event next = events.remove();
            now = next.at();
            next.action().run();
        }
        return (now - began) / 1e3;
    }

    private boolean isCarried() {
        int carried = 0;
        for (Process process : processes.values()) {
            carried += process.runs ? process.mine.size() : 0;
        }
        return carried >= shards.size() && owners.size() == shards.size();
    }

    private boolean isEven() {
        List<Integer> loads = new ArrayList<>();
        processes.values().stream()
                .filter(process -> process.runs)
                .forEach(process -> loads.add(process.mine.size() - process.leaving.size()));
        int least = loads.stream().min(Integer::compare).orElse(0);
        return loads.stream().allMatch(load -> load <= least + 1);
    }

    /** No shard may be two processes'. */
    boolean isEachOnes() {
        Set<ShardId> seen = new HashSet<>();
        return processes.values().stream()
                .filter(process -> process.runs)
                .allMatch(process -> process.mine.stream().allMatch(seen::add));
    }

    /** Since it was asked last; those that came too late are among them. */
    int claims() {
        int last = claims;
        claims = 0;
        return last;
    }

    /** Shards that one process gave to another, since it was asked last. */
    int moved() {
        int last = moved;
        moved = 0;
        return last;
    }
}
