package dev.tributary.dynamodb;

import io.netty.channel.ChannelOption;
import io.vertx.core.Vertx;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsAsyncClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.client.config.ClientAsyncConfiguration;
import software.amazon.awssdk.core.client.config.SdkAdvancedAsyncClientOption;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.SdkEventLoopGroup;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.auth.StsAssumeRoleCredentialsProvider;

/** Sockets, threads and credentials that clients of the service share. Safe for any thread; never blocks one but a worker's. */
public final class ServiceConnection implements AutoCloseable {
    /**
     * With more than one, a connection that is refused is not heard of now and then, and its request waits for its whole time: 37
     * of 800 requests at a closed port, netty-nio-client 2.40.0; with one none of 1,400.
     */
    private static final int LOOPS = 1;

    private static final int WAITING = 100_000;
    private static final Duration CONNECTING = Duration.ofSeconds(10);

    private final ServiceAddress address;
    private final Duration patience;
    private final SdkEventLoopGroup threads;
    private final SdkAsyncHttpClient http;
    private final @Nullable StsClient sts;
    private final IdentityProvider<? extends AwsCredentialsIdentity> credentials;

    /**
     * @param connections how many requests may be under way; others wait
     * @param patience how long an answer is waited for
     */
    public ServiceConnection(Vertx vertx, ServiceAddress address, int connections, Duration patience) {
        this.address = address;
        this.patience = patience;
        this.threads = SdkEventLoopGroup.builder().numberOfThreads(LOOPS).build();
        this.http = NettyNioAsyncHttpClient.builder()
                .eventLoopGroup(threads)
                .maxConcurrency(connections)
                .maxPendingConnectionAcquires(WAITING)
                .connectionAcquisitionTimeout(patience)
                .connectionTimeout(CONNECTING)
                .readTimeout(patience)
                // what was not sent by the end of a connection never is
                .putChannelOption(ChannelOption.SO_LINGER, 0)
                .build();
        AwsCredentialsProvider own = own(address);
        this.sts = address.role().isEmpty() ? null : sts(address, own);
        AwsCredentialsProvider provider = sts == null
                ? own
                : StsAssumeRoleCredentialsProvider.builder()
                        .stsClient(sts)
                        .refreshRequest(
                                request -> request.roleArn(address.role().get()).roleSessionName("tributary"))
                        .build();
        this.credentials =
                provider instanceof StaticCredentialsProvider ? provider : new WorkerCredentials(vertx, provider);
    }

    /**
     * A client over this connection. Its answers are heard on the thread that they come on.
     *
     * @param attempts how often a request is sent at most
     */
    public <B extends AwsClientBuilder<B, C> & AwsAsyncClientBuilder<B, C>, C> C client(
            B builder, int attempts, ExecutionInterceptor... interceptors) {
        address.endpoint().ifPresent(builder::endpointOverride);
        return builder.region(Region.of(address.region()))
                .credentialsProvider(credentials)
                .overrideConfiguration(options -> {
                    for (ExecutionInterceptor interceptor : interceptors) {
                        options.addExecutionInterceptor(interceptor);
                    }
                    options.retryStrategy(retry -> retry.maxAttempts(attempts)).apiCallAttemptTimeout(patience);
                })
                .httpClient(http)
                .asyncConfiguration(ClientAsyncConfiguration.builder()
                        .advancedOption(SdkAdvancedAsyncClientOption.FUTURE_COMPLETION_EXECUTOR, Runnable::run)
                        .build())
                .build();
    }

    private static AwsCredentialsProvider own(ServiceAddress address) {
        if (address.url().user().isEmpty()) {
            return DefaultCredentialsProvider.builder().build();
        }
        String id = address.url().user().get();
        String secret = address.url().password().orElse("");
        return StaticCredentialsProvider.create(address.sessionToken()
                .<software.amazon.awssdk.auth.credentials.AwsCredentials>map(
                        token -> AwsSessionCredentials.create(id, secret, token))
                .orElseGet(() -> AwsBasicCredentials.create(id, secret)));
    }

    private static StsClient sts(ServiceAddress address, AwsCredentialsProvider credentials) {
        return StsClient.builder()
                .region(Region.of(address.region()))
                .credentialsProvider(credentials)
                .httpClient(UrlConnectionHttpClient.create())
                .build();
    }

    /** Ends every connection; what is under way fails. */
    @Override
    public void close() {
        http.close();
        threads.eventLoopGroup().shutdownGracefully();
        if (sts != null) {
            sts.close();
        }
    }
}
