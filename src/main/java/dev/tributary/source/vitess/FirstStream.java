package dev.tributary.source.vitess;

import binlogdata.Binlogdata.Filter;
import binlogdata.Binlogdata.Rule;
import binlogdata.Binlogdata.ShardGtid;
import binlogdata.Binlogdata.VGtid;
import dev.tributary.record.ShardId;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import io.vitess.proto.Vtgate;
import io.vitess.proto.Vtgate.VStreamFlags;
import io.vitess.proto.Vtgate.VStreamRequest;
import java.time.Duration;

/**
 * Shows whether a stream of a shard can be had at all: opens one where the shard stands, and ends it with its first answer.
 * Changes nothing at the source.
 */
final class FirstStream {
    /** Less than {@code check} waits for everything. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Vertx vertx;
    private final VitessChannels channels;
    private final VitessAddress address;

    FirstStream(Vertx vertx, VitessChannels channels, VitessAddress address) {
        this.vertx = vertx;
        this.channels = channels;
        this.address = address;
    }

    Uni<Void> open(ShardId shard) {
        Context context = ((VertxInternal) vertx).createEventLoopContext();
        return Uni.createFrom()
                .completionStage(() ->
                        vertx.executeBlocking(() -> prepare(context), false).toCompletionStage())
                .chain(channel -> Uni.createFrom()
                        .emitter(answered -> context.runOnContext(ignored -> call(shard, context, channel, answered))));
    }

    /** To make the protocol's descriptors, and the first connection, takes a busy machine seconds: that is nothing for an event loop. */
    private VitessChannels.OfLoop prepare(Context context) {
        Vtgate.getDescriptor();
        return channels.of(context);
    }

    /** Without heartbeats, which VTGate sends for a shard that it has no tablet of, too. */
    private void call(
            ShardId shard, Context context, VitessChannels.OfLoop channel, UniEmitter<? super Void> answered) {
        VStreamRequest request = VStreamRequest.newBuilder()
                .setTabletType(address.tabletType())
                .setVgtid(VGtid.newBuilder()
                        .addShardGtids(ShardGtid.newBuilder()
                                .setKeyspace(shard.keyspace())
                                .setShard(shard.shard())
                                .setGtid("current")))
                .setFilter(Filter.newBuilder().addRules(Rule.newBuilder().setMatch("/.*")))
                .setFlags(VStreamFlags.newBuilder().setCells(address.cells()))
                .build();
        VStreamCall[] call = new VStreamCall[1];
        call[0] = new VStreamCall(
                channel.connection(),
                channel.messages(),
                request,
                context,
                PATIENCE,
                message -> {
                    call[0].cancel();
                    answered.complete(null);
                },
                status -> answered.fail(VitessFailures.ofFirstStream(shard, address, status)));
        call[0].request();
    }
}
