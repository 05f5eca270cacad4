package dev.tributary.source.dynamodb;

import io.vertx.core.Vertx;
import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.client.config.ClientAsyncConfiguration;
import software.amazon.awssdk.core.client.config.SdkAdvancedAsyncClientOption;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.SdkEventLoopGroup;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsAsyncClient;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.auth.StsAssumeRoleCredentialsProvider;

/**
 * The connections to the service.
 *
 * @param tables for tables and their items
 * @param streams for the streams of tables
 * @param clock the service's time
 * @param close ends them
 */
record DynamoDbClients(
        DynamoDbAsyncClient tables, DynamoDbStreamsAsyncClient streams, ServerClock clock, Runnable close) {
    /** Of idle shards there are thousands, and hardly two ask at the same moment. */
    private static final int CONNECTIONS = 200;

    /**
     * With more than one, a connection that is refused is not heard of now and then, and its request waits for its whole time: 37
     * of 800 requests at a closed port, netty-nio-client 2.40.0; with one none of 1,400.
     */
    private static final int LOOPS = 1;

    private static final int WAITING = 100_000;
    private static final Duration CONNECTING = Duration.ofSeconds(10);
    private static final Duration ATTEMPT = Duration.ofSeconds(30);
    /** The streams pause and repeat by themselves. */
    private static final int ATTEMPTS = 2;

    static DynamoDbClients open(Vertx vertx, DynamoDbAddress address) {
        SdkEventLoopGroup threads =
                SdkEventLoopGroup.builder().numberOfThreads(LOOPS).build();
        SdkAsyncHttpClient http = NettyNioAsyncHttpClient.builder()
                .eventLoopGroup(threads)
                .maxConcurrency(CONNECTIONS)
                .maxPendingConnectionAcquires(WAITING)
                .connectionAcquisitionTimeout(ATTEMPT)
                .connectionTimeout(CONNECTING)
                .readTimeout(ATTEMPT)
                .build();
        AwsCredentialsProvider own = own(address);
        StsClient sts = address.role().isEmpty() ? null : sts(address, own);
        AwsCredentialsProvider provider = sts == null
                ? own
                : StsAssumeRoleCredentialsProvider.builder()
                        .stsClient(sts)
                        .refreshRequest(
                                request -> request.roleArn(address.role().get()).roleSessionName("tributary"))
                        .build();
        IdentityProvider<? extends AwsCredentialsIdentity> credentials =
                provider instanceof StaticCredentialsProvider ? provider : new WorkerCredentials(vertx, provider);
        ServerClock clock = new ServerClock();
        DynamoDbAsyncClient tables = with(DynamoDbAsyncClient.builder(), address, credentials, clock)
                .endpointDiscoveryEnabled(false)
                .httpClient(http)
                .asyncConfiguration(here())
                .build();
        DynamoDbStreamsAsyncClient streams = with(DynamoDbStreamsAsyncClient.builder(), address, credentials, clock)
                .httpClient(http)
                .asyncConfiguration(here())
                .build();
        return new DynamoDbClients(tables, streams, clock, () -> {
            tables.close();
            streams.close();
            http.close();
            threads.eventLoopGroup().shutdownGracefully();
            if (sts != null) {
                sts.close();
            }
        });
    }

    private static <B extends AwsClientBuilder<B, C>, C> B with(
            B builder,
            DynamoDbAddress address,
            IdentityProvider<? extends AwsCredentialsIdentity> credentials,
            ServerClock clock) {
        address.endpoint().ifPresent(builder::endpointOverride);
        return builder.region(Region.of(address.region()))
                .credentialsProvider(credentials)
                .overrideConfiguration(options -> options.addExecutionInterceptor(clock)
                        .retryStrategy(retry -> retry.maxAttempts(ATTEMPTS))
                        .apiCallAttemptTimeout(ATTEMPT));
    }

    /** Answers are heard on the thread that they come on, and handed to the stream's own from there. */
    private static ClientAsyncConfiguration here() {
        return ClientAsyncConfiguration.builder()
                .advancedOption(SdkAdvancedAsyncClientOption.FUTURE_COMPLETION_EXECUTOR, Runnable::run)
                .build();
    }

    private static AwsCredentialsProvider own(DynamoDbAddress address) {
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

    private static StsClient sts(DynamoDbAddress address, AwsCredentialsProvider credentials) {
        return StsClient.builder()
                .region(Region.of(address.region()))
                .credentialsProvider(credentials)
                .httpClient(UrlConnectionHttpClient.create())
                .build();
    }
}
