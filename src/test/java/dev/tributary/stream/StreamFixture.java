package dev.tributary.stream;

import dev.tributary.config.Settings;
import dev.tributary.config.Settings.LostPosition;
import dev.tributary.config.SettingsReader;
import dev.tributary.record.KnownShards;
import dev.tributary.record.SchemaStep;
import dev.tributary.record.ShardId;
import dev.tributary.servers.Await;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** A shard stream between a source that does what a test says and a target that does so too. */
abstract class StreamFixture {
    static final Duration LIMIT = Duration.ofSeconds(5);
    static final ShardId SHARD = new ShardId("commerce", "-80");

    final Vertx vertx = Vertx.vertx();
    final FakeSource source = new FakeSource();
    final FakeTarget target = new FakeTarget();
    final ByteBudget budget = new ByteBudget(1 << 20);
    final List<ShardEvent> events = new CopyOnWriteArrayList<>();

    /** Names and values of settings that a test wants to be others than these. */
    final Map<String, String> settings = new HashMap<>(Map.of(
            "tributary.source", "vitess://gate/commerce",
            "tributary.sink", "mysql://app@db/replica",
            "tributary.batch.rows", "4",
            "tributary.retry.delay", "1MS",
            "tributary.retry.max-delay", "10MS"));

    private @Nullable ShardStream deployed;

    @AfterEach
    void closeVertx() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    Settings settings() {
        return SettingsReader.read(builder -> builder.withSources(new PropertiesConfigSource(settings, "test", 500)));
    }

    /** Answers of the target to a schema change, one after the other; then it is made. */
    final Deque<Boolean> made = new ConcurrentLinkedDeque<>();
    /** Schema changes that the target was asked to make. */
    final List<SchemaStep> steps = new CopyOnWriteArrayList<>();

    private Uni<Boolean> evolve(SchemaStep step) {
        steps.add(step);
        Boolean answer = made.poll();
        return Uni.createFrom().item(answer == null || answer);
    }

    /** Starts the stream of {@link #SHARD}, with the tables as they are. */
    ShardStream start() {
        return start(List.of(SHARD));
    }

    /** The same where the source does not serve it any more. */
    ShardStream startGone() {
        return start(List.of());
    }

    private ShardStream start(List<ShardId> served) {
        Plumbing plumbing = new Plumbing(
                source,
                () -> Set.of(SHARD),
                target,
                target.carried(),
                tables -> Uni.createFrom().voidItem(),
                this::evolve,
                target::abandon,
                table -> Uni.createFrom().item(0L),
                target::accept,
                budget,
                new CopyTurns(1),
                new RangedTables(settings()),
                settings().lostPosition() == LostPosition.RESNAPSHOT);
        Discovery found =
                Discovery.of(plumbing, KnownShards.NONE, served).await().atMost(LIMIT);
        ShardStream stream = new ShardStream(SHARD, found, plumbing, settings(), events::add);
        deployed = stream;
        vertx.deployVerticle(stream).toCompletionStage().toCompletableFuture().join();
        return stream;
    }

    /** Starts the stream of a shard whose snapshot was copied by an earlier process. */
    ShardStream startFollowing(long position) {
        target.put(SHARD, FakeSource.at(position), new Discovery(source.tables, Map.of()).names());
        return start();
    }

    ShardStream stream() {
        ShardStream stream = deployed;
        if (stream == null) {
            throw new IllegalStateException("not started");
        }
        return stream;
    }

    <T extends StreamState> T awaitState(Class<T> state) {
        Await.until(
                state.getSimpleName(),
                LIMIT,
                () -> state.isInstance(stream().status().state()),
                () -> stream().status() + " " + events);
        return state.cast(stream().status().state());
    }

    /** Starts a drain; the future is done when the stream is. */
    Promise<Void> draining() {
        Promise<Void> done = Promise.promise();
        stream().drain(done);
        return done;
    }

    void drain() {
        await(draining());
    }

    static void await(Promise<Void> done) {
        try {
            done.future().toCompletionStage().toCompletableFuture().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("not drained within " + LIMIT, e);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    void awaitRows(String... rows) {
        Await.until(List.of(rows).toString(), LIMIT, () -> target.rows.equals(List.of(rows)), target.rows::toString);
    }
}
