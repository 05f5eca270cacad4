package dev.tributary.sink.dynamodb;

import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

/** Looks at the lease once more when a request is signed and about to go: as late as that can be done. */
record LeaseGuard(LeaseWatch lease) implements ExecutionInterceptor {
    @Override
    public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
        lease.verify();
    }
}
