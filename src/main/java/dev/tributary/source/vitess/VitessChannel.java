package dev.tributary.source.vitess;

import dev.tributary.config.ConnectionUrl;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.SslContextBuilder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/** The gRPC connection to a VTGate: TLS, credentials, limits. */
final class VitessChannel {
    private VitessChannel() {}

    /**
     * Connects with the first stream.
     *
     * @param window bytes of each stream that VTGate may send before they are asked for; they wait outside the heap
     */
    static ManagedChannel open(VitessAddress address, int window) {
        NettyChannelBuilder builder = NettyChannelBuilder.forAddress(address.host(), address.grpcPort())
                // a row is one message, and rows may be as large as VTGate's own limit
                .maxInboundMessageSize(Integer.MAX_VALUE)
                // by default it grows with the line's speed, up to 8 MB for each stream that stands still
                .flowControlWindow(window)
                // under 10 s the server's keepalive policy would end the connection
                .keepAliveTime(30, TimeUnit.SECONDS)
                .keepAliveTimeout(10, TimeUnit.SECONDS)
                .intercept(new Credentials(address));
        if (address.tls()) {
            tls(builder, address);
        } else {
            builder.usePlaintext();
        }
        return builder.build();
    }

    private static void tls(NettyChannelBuilder builder, VitessAddress address) {
        ConnectionUrl url = address.url();
        try {
            SslContextBuilder tls = GrpcSslContexts.forClient();
            if (address.ca() != null) {
                tls.trustManager(address.ca());
            }
            if (address.certificate() != null && address.key() != null) {
                tls.keyManager(address.certificate(), address.key());
            }
            builder.sslContext(tls.build());
        } catch (SSLException | IllegalArgumentException e) {
            throw url.wrong("the TLS files can't be used: " + VitessFailures.describe(e));
        }
        address.serverName().ifPresent(builder::overrideAuthority);
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
        public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
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
