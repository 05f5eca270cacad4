package dev.tributary.source.vitess;

import dev.tributary.config.ConnectionUrl;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.impl.ContextInternal;
import io.vertx.core.impl.VertxInternal;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The gRPC connections to a VTGate, with TLS, credentials and limits: one for each event loop that reads, on which all of it
 * happens. To have a thread of gRPC's hand every message over, and be told how much more is wanted, costs a tenth of what
 * changes cost. May be called on any thread.
 */
final class VitessChannels {
    private final VitessAddress address;
    private final ChannelFactory<? extends Channel> sockets;
    private final @Nullable SslContext tls;
    private final Map<EventLoop, OfLoop> channels = new ConcurrentHashMap<>();
    private volatile int window;
    private volatile boolean closed;

    /**
     * What the streams of an event loop share.
     *
     * @param messages used on that loop only
     */
    record OfLoop(ManagedChannel connection, VStreamMessages messages) {}

    /** @param window as {@link #window} says */
    VitessChannels(Vertx vertx, VitessAddress address, int window) {
        this.address = address;
        this.sockets = ((VertxInternal) vertx).transport().channelFactory(false);
        this.tls = address.tls() ? tls(address) : null;
        this.window = window;
    }

    /**
     * For connections that are not made yet.
     *
     * @param window bytes of each stream that VTGate may send before they are asked for; they wait outside the heap
     */
    void window(int window) {
        this.window = window;
    }

    /** Connects with the first stream of the context's event loop. */
    OfLoop of(Context context) {
        OfLoop channel = channels.computeIfAbsent(((ContextInternal) context).nettyEventLoop(), this::open);
        if (closed) {
            channel.connection().shutdownNow();
        }
        return channel;
    }

    private OfLoop open(EventLoop loop) {
        NettyChannelBuilder builder = NettyChannelBuilder.forAddress(address.host(), address.grpcPort())
                .eventLoopGroup(loop)
                .channelFactory(sockets)
                // a row is one message, and rows may be as large as VTGate's own limit
                .maxInboundMessageSize(Integer.MAX_VALUE)
                // by default it grows with the line's speed, up to 8 MB for each stream that stands still
                .flowControlWindow(window)
                // under 10 s the server's keepalive policy would end the connection
                .keepAliveTime(30, TimeUnit.SECONDS)
                .keepAliveTimeout(10, TimeUnit.SECONDS)
                .intercept(new Credentials(address));
        if (tls == null) {
            builder.usePlaintext();
        } else {
            builder.sslContext(tls);
            address.serverName().ifPresent(builder::overrideAuthority);
        }
        return new OfLoop(builder.build(), new VStreamMessages());
    }

    private static SslContext tls(VitessAddress address) {
        ConnectionUrl url = address.url();
        try {
            SslContextBuilder tls = GrpcSslContexts.forClient();
            if (address.ca() != null) {
                tls.trustManager(address.ca());
            }
            if (address.certificate() != null && address.key() != null) {
                tls.keyManager(address.certificate(), address.key());
            }
            return tls.build();
        } catch (SSLException | IllegalArgumentException e) {
            throw url.wrong("the TLS files can't be used: " + VitessFailures.describe(e));
        }
    }

    /** Connects again at once where that failed: gRPC's pauses between attempts grow up to two minutes. */
    void resetBackoff() {
        channels.values().forEach(channel -> channel.connection().resetConnectBackoff());
    }

    void close() {
        closed = true;
        channels.values().forEach(channel -> channel.connection().shutdownNow());
    }

    private static final class Credentials implements ClientInterceptor {
        private final Metadata headers = new Metadata();

        Credentials(VitessAddress address) {
            String user = address.url().user().orElse("");
            String password = address.url().password().orElse("");
            if (user.isEmpty()) {
                return;
            }
            if (address.basicAuthentication()) {
                String pair = user + ":" + password;
                put(
                        "authorization",
                        "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
            } else {
                put("username", user);
                put("password", password);
            }
        }

        private void put(String name, String value) {
            headers.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
        }

        @Override
        public <Q, A> ClientCall<Q, A> interceptCall(
                MethodDescriptor<Q, A> method, CallOptions options, io.grpc.Channel next) {
            return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
                @Override
                public void start(Listener<A> listener, Metadata sent) {
                    sent.merge(headers);
                    super.start(listener, sent);
                }
            };
        }
    }
}
