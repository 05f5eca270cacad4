package dev.tributary.dynamodb;

import io.vertx.core.Vertx;
import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.identity.spi.ResolveIdentityRequest;

/** Has a provider that may read files or ask other services, and waits for them, do so on a thread that may wait. */
record WorkerCredentials(Vertx vertx, AwsCredentialsProvider provider)
        implements IdentityProvider<AwsCredentialsIdentity> {
    @Override
    public Class<AwsCredentialsIdentity> identityType() {
        return AwsCredentialsIdentity.class;
    }

    @Override
    public CompletableFuture<AwsCredentialsIdentity> resolveIdentity(ResolveIdentityRequest request) {
        CompletableFuture<AwsCredentialsIdentity> resolved = new CompletableFuture<>();
        vertx.executeBlocking(() -> resolved.complete(provider.resolveCredentials()), false)
                .onFailure(resolved::completeExceptionally);
        return resolved;
    }
}
