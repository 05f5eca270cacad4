package dev.tributary.source.vitess;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.servers.Await;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vitess.proto.Vtgate.VStreamRequest;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class VStreamCallTest {
    /** gRPC panics, and prints it, over an executor that throws. */
    @Test
    void whatComesBehindTheEndOfTheEventLoopsIsLeft() {
        Vertx vertx = Vertx.vertx();
        Heard call = new Heard();
        Context context = vertx.getOrCreateContext();
        context.runOnContext(ignored -> new VStreamCall(
                call,
                new VStreamMessages(),
                VStreamRequest.getDefaultInstance(),
                context,
                Duration.ofSeconds(60),
                message -> {},
                end -> {}));
        Await.until("the call", Duration.ofSeconds(10), () -> call.options.get() != null, () -> "not made");
        Await.until("the end of Vert.x", Duration.ofSeconds(10), vertx.close()::isComplete, () -> "open");
        boolean[] ran = new boolean[1];

        requireNonNull(call.options.get().getExecutor()).execute(() -> ran[0] = true);

        assertThat(ran[0]).isFalse();
    }

    /** A channel that keeps what a call is made with. */
    private static final class Heard extends Channel {
        private final AtomicReference<CallOptions> options = new AtomicReference<>();

        @Override
        public <A, B> ClientCall<A, B> newCall(MethodDescriptor<A, B> method, CallOptions given) {
            options.set(given);
            return new ClientCall<>() {
                @Override
                public void start(Listener<B> listener, Metadata headers) {}

                @Override
                public void request(int messages) {}

                @Override
                public void cancel(@Nullable String message, @Nullable Throwable cause) {}

                @Override
                public void halfClose() {}

                @Override
                public void sendMessage(A message) {}
            };
        }

        @Override
        public String authority() {
            return "nobody";
        }
    }
}
