package dev.tributary.servers;

import binlogdata.Binlogdata.ShardGtid;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.vitess.proto.Vtgate.VStreamRequest;
import io.vitess.proto.Vtgate.VStreamResponse;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A VStream that a {@link VStreamServer} was asked for. */
public final class ServedStream {
    private final VStreamRequest request;
    private final Metadata headers;
    private final ServerCallStreamObserver<VStreamResponse> client;
    private final Semaphore woken = new Semaphore(0);
    private final AtomicInteger sent = new AtomicInteger();

    ServedStream(VStreamRequest request, Metadata headers, ServerCallStreamObserver<VStreamResponse> client) {
        this.request = request;
        this.headers = headers;
        this.client = client;
        client.setOnReadyHandler(woken::release);
        client.setOnCancelHandler(woken::release);
    }

    public VStreamRequest request() {
        return request;
    }

    /** The place of the only shard that was asked for. */
    public ShardGtid from() {
        if (request.getVgtid().getShardGtidsCount() != 1) {
            throw new IllegalStateException("one shard was expected: " + request.getVgtid());
        }
        return request.getVgtid().getShardGtids(0);
    }

    public @Nullable String header(String name) {
        return headers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
    }

    /** How many messages the client's flow control has let through. */
    public int sent() {
        return sent.get();
    }

    public boolean isCancelled() {
        return client.isCancelled();
    }

    void send(VStreamResponse response) throws InterruptedException {
        while (!client.isReady()) {
            if (client.isCancelled()) {
                throw new InterruptedException("the client is gone");
            }
            woken.acquire();
        }
        client.onNext(response);
        sent.incrementAndGet();
    }

    void fail(Status status) {
        client.onError(status.asRuntimeException());
    }

    void complete() {
        client.onCompleted();
    }

    @Override
    public String toString() {
        return request.getVgtid() + " " + request.getFilter();
    }
}
