package dev.tributary.sink.dynamodb;

import dev.tributary.sink.dynamodb.Writer.Permit;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

/** Looks once more whether a request may be sent when it is signed and about to go: as late as that can be done. */
final class PermitGuard implements ExecutionInterceptor {
    private static final ExecutionAttribute<Permit> PERMIT = new ExecutionAttribute<>("dev.tributary.Permit");

    /** Of a request that is sent while the permit holds. */
    static AwsRequestOverrideConfiguration under(Permit permit) {
        return AwsRequestOverrideConfiguration.builder()
                .putExecutionAttribute(PERMIT, permit)
                .build();
    }

    @Override
    public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
        attributes.getAttribute(PERMIT).verify();
    }
}
