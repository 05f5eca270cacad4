package dev.tributary.servers;

import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.ClientAuth;
import io.vitess.proto.Vtgate.VStreamRequest;
import io.vitess.proto.Vtgate.VStreamResponse;
import io.vitess.proto.grpc.VitessGrpc.VitessImplBase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A VTGate that speaks VStream alone, on a free loopback port, and answers by script: for what a real cluster can't be made
 * to do on demand. Keeps what it was asked, for assertions, and counts connections. A request that no script is left for ends
 * as UNIMPLEMENTED.
 */
public final class VStreamServer implements AutoCloseable {
    private static final Context.Key<Metadata> HEADERS = Context.key("headers");

    private record Answer(Predicate<VStreamRequest> when, VStreamScript script) {}

    private record Login(String user, String password) {}

    private final Server server;
    private final int port;
    private final List<Answer> answers = new ArrayList<>();
    private final List<ServedStream> served = new CopyOnWriteArrayList<>();
    private final Connections connections = new Connections();
    private volatile Function<VStreamRequest, @Nullable VStreamScript> otherwise = request -> null;

    private VStreamServer(@Nullable TestCertificates certificates, @Nullable Login login) {
        NettyServerBuilder builder =
                NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        try {
            if (certificates != null) {
                builder.sslContext(GrpcSslContexts.forServer(
                                certificates.serverCertificate().toFile(),
                                certificates.serverKey().toFile())
                        .trustManager(certificates.authority().toFile())
                        .clientAuth(ClientAuth.REQUIRE)
                        .build());
            }
            server = builder.addTransportFilter(connections)
                    .addService(ServerInterceptors.intercept(new VStreams(), new Gate(login)))
                    .build()
                    .start();
            port = server.getPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts one that everybody may use. */
    public static VStreamServer start() {
        return new VStreamServer(null, null);
    }

    /** Starts one that wants Vitess's static credentials. */
    public static VStreamServer startWithLogin(String user, String password) {
        return new VStreamServer(null, new Login(user, password));
    }

    /** Starts one that speaks TLS and wants a client's certificate. */
    public static VStreamServer startWithTls(TestCertificates certificates) {
        return new VStreamServer(certificates, null);
    }

    public int port() {
        return port;
    }

    /** Answers one request for the shard. */
    public void answer(String shard, VStreamScript script) {
        answer(request -> request.getVgtid().getShardGtids(0).getShard().equals(shard), script);
    }

    /** Answers one request; of several that fit, the answer that was given first. */
    public synchronized void answer(Predicate<VStreamRequest> when, VStreamScript script) {
        answers.add(new Answer(when, script));
    }

    /** Answers every request that no other answer is for. */
    public void otherwise(Function<VStreamRequest, @Nullable VStreamScript> answer) {
        otherwise = answer;
    }

    /** The most connections at a time so far. */
    public int mostConnections() {
        return connections.most.get();
    }

    private synchronized @Nullable VStreamScript take(VStreamRequest request) {
        for (Answer answer : answers) {
            if (answer.when().test(request)) {
                answers.remove(answer);
                return answer.script();
            }
        }
        return otherwise.apply(request);
    }

    /** Every stream so far, in the order of the requests. */
    public List<ServedStream> served() {
        return List.copyOf(served);
    }

    /** Waits for the stream of that number, from 0. */
    public ServedStream await(int number) {
        Await.until(
                "request " + number,
                Duration.ofSeconds(10),
                () -> served.size() > number,
                () -> served.size() + " requests: " + served);
        return served.get(number);
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    private static final class Connections extends ServerTransportFilter {
        private final AtomicInteger open = new AtomicInteger();
        private final AtomicInteger most = new AtomicInteger();

        @Override
        public Attributes transportReady(Attributes attributes) {
            most.accumulateAndGet(open.incrementAndGet(), Math::max);
            return attributes;
        }

        @Override
        public void transportTerminated(@Nullable Attributes attributes) {
            open.decrementAndGet();
        }
    }

    private final class VStreams extends VitessImplBase {
        @Override
        public void vStream(VStreamRequest request, StreamObserver<VStreamResponse> observer) {
            ServedStream stream =
                    new ServedStream(request, HEADERS.get(), (ServerCallStreamObserver<VStreamResponse>) observer);
            VStreamScript script = take(request);
            served.add(stream);
            if (script == null) {
                stream.fail(Status.UNIMPLEMENTED.withDescription("no script is left for " + stream));
                return;
            }
            Thread.ofVirtual().start(() -> {
                try {
                    script.run(stream);
                } catch (InterruptedException e) {
                    // the client is gone, and nobody is left to tell
                }
            });
        }
    }

    /** Keeps the headers, and turns strangers away as VTGate does. */
    private record Gate(@Nullable Login login) implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            if (login != null) {
                String user = headers.get(Metadata.Key.of("username", Metadata.ASCII_STRING_MARSHALLER));
                String password = headers.get(Metadata.Key.of("password", Metadata.ASCII_STRING_MARSHALLER));
                if (user == null || password == null) {
                    return refuse(
                            call, Status.UNAUTHENTICATED.withDescription("username and password must be provided"));
                }
                if (!login.equals(new Login(user, password))) {
                    return refuse(
                            call,
                            Status.PERMISSION_DENIED.withDescription(
                                    "auth failure: caller \"" + user + "\" provided invalid credentials"));
                }
            }
            return Contexts.interceptCall(Context.current().withValue(HEADERS, headers), call, headers, next);
        }

        private static <Q, A> ServerCall.Listener<Q> refuse(ServerCall<Q, A> call, Status status) {
            call.close(status, new Metadata());
            return new ServerCall.Listener<>() {};
        }
    }
}
