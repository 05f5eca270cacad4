package dev.tributary.stream;

import dev.tributary.record.ChangeBatch;
import dev.tributary.record.PartId;
import dev.tributary.record.Reshard;
import dev.tributary.record.SchemaChange;
import dev.tributary.record.ShardId;
import dev.tributary.record.StreamId;
import dev.tributary.servers.Await;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jspecify.annotations.Nullable;

/** A pump between a reader that tells what a test says and an owner that keeps what it hears. */
abstract class PumpFixture {
    static final int ROWS = 4;
    static final long BYTES = 1_000;
    static final BatchLimits AT_ONCE = new BatchLimits(ROWS, BYTES, 0);
    static final ShardId SHARD = new ShardId("commerce", "-80");
    static final Duration LIMIT = Duration.ofSeconds(5);

    /** Ends with the JVM. */
    private static final Vertx VERTX = Vertx.vertx();

    final ByteBudget budget = new ByteBudget(1 << 20);
    private final BudgetShare share = new BudgetShare(budget);
    final Owner owner = new Owner();
    private final Context context = VERTX.getOrCreateContext();

    /** Keeps what it hears. */
    static final class Owner implements PumpOwner {
        final List<Message<ChangeBatch>> sent = new CopyOnWriteArrayList<>();
        final List<String> durable = new CopyOnWriteArrayList<>();
        final List<SchemaChange> schemaChanges = new CopyOnWriteArrayList<>();
        final List<Reshard> reshards = new CopyOnWriteArrayList<>();
        volatile int quiet;
        volatile int busy;
        volatile @Nullable Throwable failure;
        volatile @Nullable RuntimeException defect;

        @Override
        public void onDurable(StreamPump pump, ChangeBatch batch) {
            durable.add(FakeTarget.describe(batch));
            RuntimeException thrown = defect;
            if (thrown != null) {
                throw thrown;
            }
        }

        @Override
        public void onSchemaChange(StreamPump pump, SchemaChange change) {
            schemaChanges.add(change);
        }

        @Override
        public void onReshard(StreamPump pump, Reshard reshard) {
            reshards.add(reshard);
        }

        @Override
        public void onPumpFailure(StreamPump pump, Throwable thrown) {
            failure = thrown;
        }

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
        public void onHeard(StreamPump pump, boolean isQuiet) {
            if (isQuiet) {
                quiet++;
            } else {
                busy++;
            }
        }

        @Override
        public void send(Message<ChangeBatch> message) {
            sent.add(message);
        }
    }

    /** An open stream. */
    final class Pumped {
        final StreamPump pump;
        final FakeReader reader;

        Pumped(PartId part, boolean atOnce, boolean partsRemembered, BatchLimits limits) {
            StreamId stream = new StreamId(SHARD, part);
            pump = new StreamPump(stream, 7, atOnce, partsRemembered, context, limits, share, owner);
            reader = new FakeReader(stream, null, null, List.of(), List.of(), context, pump);
            onContext(() -> pump.start(reader));
        }

        void onContext(Runnable action) {
            new FakeReader(pump.stream(), null, null, List.of(), List.of(), context, pump).onContext(action);
        }

        void drain() {
            onContext(pump::drain);
        }

        void stop() {
            onContext(pump::stop);
        }

        /** What {@code held} says on the context. */
        long held() {
            AtomicReference<Long> held = new AtomicReference<>();
            onContext(() -> held.set(pump.window().bytes()));
            return held.get();
        }

        boolean isQuiet() {
            AtomicReference<Boolean> quiet = new AtomicReference<>();
            onContext(() -> quiet.set(pump.window().isQuiet()));
            return quiet.get();
        }

        boolean isOpen() {
            AtomicReference<Boolean> open = new AtomicReference<>();
            onContext(() -> open.set(pump.isOpen()));
            return open.get();
        }

        /** The batch is durable, and the pump has heard of it. */
        void ack(int number) {
            owner.sent.get(number).ack();
            onContext(() -> {});
        }

        void nack(int number, Throwable failure) {
            owner.sent.get(number).nack(failure);
            onContext(() -> {});
        }
    }

    Pumped changes(BatchLimits limits) {
        return new Pumped(PartId.CHANGES, false, false, limits);
    }

    Pumped changes() {
        return changes(AT_ONCE);
    }

    /** {@code 1,2 Boundary 5}, of every batch that was sent. */
    List<String> sent() {
        return owner.sent.stream()
                .map(message -> FakeTarget.describe(message.getPayload()))
                .toList();
    }

    void awaitSent(int count) {
        Await.until(count + " batches", LIMIT, () -> owner.sent.size() >= count, () -> sent().toString());
    }
}
