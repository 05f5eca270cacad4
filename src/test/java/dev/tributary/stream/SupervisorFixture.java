package dev.tributary.stream;

import dev.tributary.record.PartId;
import dev.tributary.record.ShardId;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A supervisor of two shards between a source and a target that do what a test says. */
abstract class SupervisorFixture extends StreamFixture {
    static final ShardId LEFT = new ShardId("commerce", "-80");
    static final ShardId RIGHT = new ShardId("commerce", "80-");

    private @Nullable Supervisor made;

    Supervisor supervisor() {
        Supervisor supervisor = made;
        if (supervisor == null) {
            ChangesChannel channel = new ChangesChannel();
            channel.changes().subscribe().with(target::accept);
            supervisor = new Supervisor(vertx, settings(), channel);
            made = supervisor;
        }
        return supervisor;
    }

    final AtomicLong swept = new AtomicLong();

    CompletableFuture<Void> run() {
        return run(LEFT, RIGHT);
    }

    CompletableFuture<Void> run(ShardId... shards) {
        source.shards = List.of(shards);
        return supervisor()
                .run(
                        source,
                        target,
                        tables -> Uni.createFrom().voidItem(),
                        step -> Uni.createFrom().item(true),
                        target::abandon,
                        table -> Uni.createFrom().item(swept.incrementAndGet()))
                .subscribeAsCompletionStage();
    }

    static void awaitEnd(CompletableFuture<Void> running) {
        running.orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join();
    }

    FakeReader changes(ShardId shard) {
        return source.reader(shard, PartId.CHANGES, 1);
    }

    FakeReader part(ShardId shard, String table) {
        return source.reader(shard, new PartId(table, 0), 1);
    }
}
