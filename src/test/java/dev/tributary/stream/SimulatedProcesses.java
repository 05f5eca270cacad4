package dev.tributary.stream;

import dev.tributary.checkpoint.CheckpointStore;
import dev.tributary.checkpoint.Lease;
import dev.tributary.checkpoint.Members;
import dev.tributary.checkpoint.Replica;
import dev.tributary.checkpoint.ShardCheckpoint;
import dev.tributary.checkpoint.ShardOwner;
import dev.tributary.checkpoint.WaitingShards;
import dev.tributary.config.Settings;
import dev.tributary.config.SettingsReader;
import dev.tributary.record.KnownShards;
import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.PipelineException;
import dev.tributary.record.Position;
import dev.tributary.record.ShardId;
import dev.tributary.source.SourceShards;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Processes that share shards by the leases of one target: each an {@link Ownership} as it is, all in one simulated time. Timers,
 * answers and claims come when they are due; the clock of each process begins at a moment of its own. Milliseconds throughout.
 */
final class SimulatedProcesses {
    /** Within this the target answers. */
    private static final int ANSWER = 100;

    private final long lease;
    private final List<ShardId> shards;
    private final Random random;
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::number));
    private final Map<String, Process> processes = new TreeMap<>();
    private final Map<String, Long> renewed = new TreeMap<>();
    private final Map<ShardId, String> owners = new HashMap<>();
    private final Map<ShardId, Long> claimed = new HashMap<>();
    private final Set<String> stopping = new HashSet<>();
    private int given;
    private long awayUntil;
    private long now;
    private long number;

    private record Event(long at, long number, Runnable action) {}

    SimulatedProcesses(long lease, List<ShardId> shards, Random random) {
        this.lease = lease;
        this.shards = shards;
        this.random = random;
    }

    /** Has some start, each at its own moment of the next second. */
    void join(int count) {
        for (int i = 0; i < count; i++) {
            Process process = new Process("p" + processes.size());
            processes.put(process.name, process);
            process.after(random.nextInt(1_000), process::begin);
        }
    }

    /** One ends without a word; answers its name. */
    String kill() {
        Process process = one();
        process.runs = false;
        return process.name;
    }

    /** One stops in good order: its first shard drains for that long, the second for half of it, the others for a moment. */
    String stop(long slow) {
        Process process = one();
        process.ownership.stand();
        List<ShardId> had = shardsOf(process.name);
        for (int i = 0; i < had.size(); i++) {
            process.release(had.get(i), i < 2 ? slow / (i + 1) : random.nextInt(ANSWER));
        }
        process.after(slow + 1, () -> {
            process.ownership.end();
            process.runs = false;
            renewed.remove(process.name);
        });
        return process.name;
    }

    /** One that is none of those that are asked for from now on. */
    private Process one() {
        List<Process> all = List.copyOf(processes.values());
        Process process = all.get(random.nextInt(all.size()));
        processes.remove(process.name);
        return process;
    }

    /** For so long the target does not answer. */
    void cutOff(long millis) {
        awayUntil = now + millis;
    }

    /** How many shards one had to give to another. */
    int given() {
        return given;
    }

    /** Time passes, and what is due happens. */
    void pass(long millis) {
        long until = now + millis;
        while (!events.isEmpty() && events.element().at() <= until) {
            Event next = events.remove();
            now = next.at();
            next.action().run();
        }
        now = until;
    }

    long now() {
        return now;
    }

    /** When a process has renewed its lease last, as the target knows. */
    long renewed(String name) {
        return renewed.getOrDefault(name, Long.MIN_VALUE);
    }

    /** When a shard was claimed last. */
    long claimed(ShardId shard) {
        return claimed.getOrDefault(shard, Long.MIN_VALUE);
    }

    List<ShardId> shardsOf(String name) {
        return shards.stream().filter(shard -> name.equals(owners.get(shard))).toList();
    }

    /** Whether every shard is one's that runs. */
    boolean isCarried() {
        return processes.keySet().containsAll(owners.values())
                && owners.keySet().containsAll(shards);
    }

    /** And each of them has as many as the others, or one more. */
    boolean isEven() {
        List<Integer> loads =
                processes.keySet().stream().map(name -> shardsOf(name).size()).toList();
        int least = loads.stream().min(Integer::compare).orElse(0);
        return isCarried() && loads.stream().allMatch(load -> load <= least + 1);
    }

    private boolean isLive(String name) {
        return renewed.containsKey(name) && now - renewed(name) < lease;
    }

    /** One process, whose shards are claimed and given back as decided, and not read. */
    private final class Process implements Ownership.Owner, CheckpointStore {
        final String name;
        final Set<ShardId> mine = new LinkedHashSet<>();
        private final Set<Long> timers = new HashSet<>();
        private final long clock = random.nextLong();
        private final Ownership ownership;
        boolean runs = true;

        Process(String name) {
            this.name = name;
            FakeSource source = new FakeSource();
            source.shards = shards;
            this.ownership = new Ownership(
                    new OwnContext(context(), defect -> {
                        throw new AssertionError(name, defect);
                    }),
                    plumbing(source),
                    Duration.ofMillis(lease),
                    this,
                    () -> clock + now * 1_000_000);
        }

        void begin() {
            ownership.begin(
                    new SourceShards(KnownShards.NONE, shards, List.of(), List.of(), Set.of()),
                    clock + now * 1_000_000);
        }

        /** What a process that has ended would have done is not done. */
        void after(long delay, Runnable action) {
            events.add(new Event(now + delay, number++, () -> {
                if (runs) {
                    action.run();
                }
            }));
        }

        private Context context() {
            Vertx vertx = proxy(
                    Vertx.class,
                    Map.of(
                            "setTimer",
                            arguments -> {
                                long timer = number;
                                timers.add(timer);
                                after((Long) arguments[0], () -> {
                                    if (timers.remove(timer)) {
                                        handler(arguments[1]).handle(0L);
                                    }
                                });
                                return timer;
                            },
                            "cancelTimer",
                            arguments -> timers.remove((Long) arguments[0])));
            return proxy(Context.class, Map.of("owner", arguments -> vertx, "runOnContext", arguments -> {
                after(0, () -> handler(arguments[0]).handle(null));
                return null;
            }));
        }

        private Plumbing plumbing(FakeSource source) {
            Settings settings = SettingsReader.read(builder -> builder.withSources(new PropertiesConfigSource(
                    Map.of("tributary.source", "vitess://gate/commerce", "tributary.sink", "mysql://app@db/replica"),
                    "test",
                    500)));
            return new Plumbing(
                    source,
                    Set::of,
                    this,
                    carried(),
                    tables -> Uni.createFrom().voidItem(),
                    step -> Uni.createFrom().item(true),
                    (shard, epoch) -> Uni.createFrom().voidItem(),
                    table -> Uni.createFrom().item(0L),
                    message -> {},
                    new ByteBudget(1),
                    new CopyTurns(1),
                    new RangedTables(settings),
                    false);
        }

        /** What the target says at some moment comes at a later one. */
        private <T> Uni<T> answered(Supplier<T> answer) {
            return Uni.createFrom()
                    .emitter(emitter -> after(random.nextInt(ANSWER), () -> {
                        if (now < awayUntil) {
                            emitter.fail(new PipelineException(PipelineException.Kind.TRANSIENT, "cut off"));
                        } else {
                            come(emitter, answer.get());
                        }
                    }));
        }

        private <T> void come(UniEmitter<? super T> emitter, T answer) {
            after(random.nextInt(ANSWER), () -> emitter.complete(answer));
        }

        @Override
        public List<ShardId> mine() {
            return List.copyOf(mine);
        }

        @Override
        public Set<ShardId> leaving() {
            return Set.of();
        }

        @Override
        public WaitingShards waiting() {
            return WaitingShards.NONE;
        }

        @Override
        public void decided(SourceShards found, Shares shares, List<ShardOwner> known) {
            mine.removeAll(shares.lost());
            given += shares.give().size();
            shares.give().forEach(shard -> release(shard, random.nextInt(ANSWER)));
            shares.take().forEach(shard -> {
                mine.add(shard);
                after(random.nextInt(ANSWER), () -> take(shard));
            });
        }

        void release(ShardId shard, long delay) {
            mine.remove(shard);
            after(delay, () -> owners.remove(shard, name));
        }

        private void take(ShardId shard) {
            String owner = owners.get(shard);
            if (owner == null || owner.equals(name) || !isLive(owner)) {
                owners.put(shard, name);
                claimed.put(shard, now);
            } else {
                mine.remove(shard);
                ownership.want();
            }
        }

        @Override
        public void failed(Throwable failure) {
            throw new AssertionError(name, failure);
        }

        @Override
        public Uni<Members> renew(WaitingShards waiting, boolean stops) {
            return answered(() -> {
                renewed.put(name, now);
                if (stops) {
                    stopping.add(name);
                }
                List<Replica> replicas = new ArrayList<>();
                renewed.forEach((other, at) -> replicas.add(new Replica(
                        lease(other), Duration.ofMillis(now - at), false, isLive(other), WaitingShards.NONE)));
                return new Members(lease(name), replicas);
            });
        }

        private Lease lease(String owner) {
            Lease told = new Lease(owner, "", Duration.ofMillis(lease));
            return stopping.contains(owner) ? told.stopping() : told;
        }

        @Override
        public Uni<List<ShardOwner>> owners() {
            return answered(() -> shards.stream()
                    .map(shard ->
                            new ShardOwner(shard, owners.getOrDefault(shard, ""), 1, null, true, ShardOwner.Stage.OPEN))
                    .toList());
        }

        @Override
        public Uni<Void> open() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Uni<List<Replica>> replicas() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Uni<ShardCheckpoint> look(ShardId shard) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Uni<Void> release(Collection<ShardId> given) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Uni<Void> resign(Collection<ShardId> given) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Uni<ShardCheckpoint> claim(ShardId shard) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Uni<Void> plan(
                ShardCheckpoint of, @Nullable Position changes, Set<String> tables, List<PartCheckpoint> added) {
            throw new UnsupportedOperationException();
        }
    }

    @SuppressWarnings("unchecked")
    private static <T> Handler<@Nullable T> handler(Object handler) {
        return (Handler<@Nullable T>) handler;
    }

    private interface Call {
        @Nullable
        Object with(Object[] arguments);
    }

    /** Of an interface with many methods those that are called here. */
    private static <T> T proxy(Class<T> type, Map<String, Call> calls) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    Call call = calls.get(method.getName());
                    if (call == null) {
                        throw new UnsupportedOperationException(method.toString());
                    }
                    return call.with(arguments == null ? new Object[0] : arguments);
                }));
    }
}
