package dev.tributary.source.dynamodb;

import dev.tributary.config.ConnectionUrl;
import dev.tributary.record.ChangeRecord;
import dev.tributary.record.KnownShards;
import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.PipelineException;
import dev.tributary.record.Position;
import dev.tributary.record.Reshard;
import dev.tributary.record.SchemaChange;
import dev.tributary.record.ShardId;
import dev.tributary.record.SourceTable;
import dev.tributary.servers.Await;
import dev.tributary.servers.DynamoDb;
import dev.tributary.source.ChangeListener;
import dev.tributary.source.ChangeReader;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A source whose readers' words are kept. What is told is asked for at once, unless it is held. */
final class Reading implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(30);

    private final Vertx vertx = Vertx.vertx();
    private final Context context = vertx.getOrCreateContext();
    /** What the readers run on. */
    private Context own = context;

    private final DynamoDbSource source;
    final List<Stream> streams = new CopyOnWriteArrayList<>();

    Reading(URI endpoint, String tables, String parameters) {
        this(DynamoDb.url(endpoint, tables, parameters));
    }

    Reading(String url) {
        this.source =
                new DynamoDbSource(vertx, ConnectionUrl.parse("TRIBUTARY_SOURCE", url, Optional.empty()), 2, false);
        source.open().await().atMost(LIMIT);
    }

    /** Has time fly: readers go on at once where they would pause. Answers the pauses, in milliseconds. */
    List<Long> hurry() {
        List<Long> pauses = new CopyOnWriteArrayList<>();
        Vertx hurried = HurriedTime.vertx(vertx, context, pauses);
        own = HurriedTime.context(context, hurried);
        return pauses;
    }

    DynamoDbSource source() {
        return source;
    }

    /** Positions that a table's stream begins at, which is what a snapshot hands over to. */
    Reshard begin(String table) {
        Position now = source.first(parts(table));
        return changes(new ShardId(table, "snapshot"), now).awaitReshard();
    }

    Position current(ShardId shard) {
        return source.current(shard).await().atMost(LIMIT);
    }

    List<ShardId> shards(KnownShards known) {
        return source.shards(known).await().atMost(LIMIT).running();
    }

    /** The only shard of those. */
    Stream first(Reshard reshard) {
        ShardId shard = reshard.children().keySet().iterator().next();
        return changes(
                shard, java.util.Objects.requireNonNull(reshard.children().get(shard)));
    }

    Stream changes(ShardId shard, Position from) {
        List<SourceTable> tables = source.tables(shard).await().atMost(LIMIT);
        Stream stream = new Stream();
        return stream.open(() -> source.changes(shard, from, List.of(), tables, null, own, stream));
    }

    List<PartCheckpoint> parts(String table) {
        ShardId shard = new ShardId(table, "snapshot");
        List<SourceTable> tables = source.tables(shard).await().atMost(LIMIT);
        return source.parts(shard, tables, any -> true).await().atMost(LIMIT);
    }

    Stream copy(PartCheckpoint part) {
        ShardId shard = new ShardId(part.id().table(), "snapshot");
        SourceTable table = source.tables(shard).await().atMost(LIMIT).getFirst();
        Stream stream = new Stream();
        return stream.open(() -> source.copy(shard, part, table, null, own, stream));
    }

    @Override
    public void close() {
        streams.forEach(Stream::cancel);
        source.close().await().atMost(LIMIT);
        vertx.close()
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(30, TimeUnit.SECONDS)
                .join();
    }

    /** One reader, and what it has told. */
    final class Stream implements ChangeListener {
        final List<ChangeRecord> records = new CopyOnWriteArrayList<>();
        final ConcurrentLinkedQueue<Position> positions = new ConcurrentLinkedQueue<>();
        private final CompletableFuture<Reshard> reshard = new CompletableFuture<>();
        private final CompletableFuture<Position> copied = new CompletableFuture<>();
        private final CompletableFuture<Throwable> failure = new CompletableFuture<>();
        private volatile boolean held;
        private volatile int messages;
        /** Records that were told before its end was. */
        private volatile int beforeEnd;
        /** Records that were told before its last position was. */
        private volatile int beforePosition;

        private boolean waiting;
        private @Nullable ChangeReader reader;

        private Stream open(Supplier<ChangeReader> opened) {
            streams.add(this);
            context.runOnContext(v -> {
                reader = opened.get();
                ask();
            });
            return this;
        }

        void hold() {
            held = true;
        }

        void goOn() {
            held = false;
            context.runOnContext(v -> ask());
        }

        private void ask() {
            ChangeReader asked = reader;
            if (asked != null && !waiting) {
                waiting = true;
                asked.request();
            }
        }

        void cancel() {
            context.runOnContext(v -> {
                ChangeReader open = reader;
                if (open != null) {
                    open.cancel();
                }
            });
        }

        int beforeEnd() {
            return beforeEnd;
        }

        int messages() {
            return messages;
        }

        Stream awaitRecords(int count) {
            Await.until(count + " records", LIMIT, () -> records.size() >= count || failure.isDone(), this::toString);
            if (failure.isDone()) {
                throw new AssertionError(failure.join());
            }
            return this;
        }

        Reshard awaitReshard() {
            Await.until("the end", LIMIT, () -> reshard.isDone() || failure.isDone(), this::toString);
            if (failure.isDone()) {
                throw new AssertionError(failure.join());
            }
            return reshard.join();
        }

        void awaitCopied() {
            Await.until("it is copied", LIMIT, () -> copied.isDone() || failure.isDone(), this::toString);
            if (failure.isDone()) {
                throw new AssertionError(failure.join());
            }
        }

        PipelineException awaitFailure() {
            Await.until("it fails", LIMIT, failure::isDone, this::toString);
            return (PipelineException) failure.join();
        }

        @Override
        public void onRecord(ChangeRecord record, int bytes) {
            records.add(record);
        }

        @Override
        public void onPosition(Position position, boolean pastParts, long committedAt) {
            positions.add(position);
            beforePosition = records.size();
        }

        /** The place behind so many records, or more: it is told once all of their page are. */
        Position awaitPosition(int count) {
            awaitRecords(count);
            Await.until("the place behind them", LIMIT, () -> beforePosition >= count, this::toString);
            return lastPosition();
        }

        Position lastPosition() {
            return new ArrayList<>(positions).getLast();
        }

        @Override
        public void onSchemaChange(SchemaChange change, boolean pastParts, long committedAt) {
            throw new AssertionError(change);
        }

        @Override
        public void onReshard(Reshard end) {
            beforeEnd = records.size();
            reshard.complete(end);
        }

        @Override
        public void onCopied(Position position) {
            copied.complete(position);
        }

        @Override
        public void onHeartbeat() {}

        @Override
        public void onMessageEnd() {
            messages++;
            waiting = false;
            if (!held) {
                ask();
            }
        }

        @Override
        public void onFailure(Throwable why) {
            failure.complete(why);
        }

        @Override
        public String toString() {
            return records.size() + " records, " + positions.size() + " positions, " + failure;
        }
    }

    static void until(String what, Await.Condition condition) {
        Await.until(what, LIMIT, condition, () -> what);
    }

    static KnownShards known(Set<ShardId> open, Set<ShardId> closed) {
        return new KnownShards(open, Set.of(), closed);
    }
}
