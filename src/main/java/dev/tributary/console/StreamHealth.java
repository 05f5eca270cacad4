package dev.tributary.console;

import dev.tributary.stream.ShardStatus;
import dev.tributary.stream.StreamState;
import dev.tributary.stream.Supervisor;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import java.util.function.Predicate;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.health.Startup;

/**
 * Started: the shards are found. Live: no stream has failed for good. Ready: the shards are found, the lease is renewed, and every stream copies
 * or follows; one that waits to try again says why. With each of them are the shards of this process, how far each is, and its
 * lease.
 */
@ApplicationScoped
class StreamHealth {
    private final Supervisor supervisor;

    StreamHealth(Supervisor supervisor) {
        this.supervisor = supervisor;
    }

    @Produces
    @Startup
    HealthCheck started() {
        return () -> HealthCheckResponse.named("shards found")
                .status(supervisor.isStarted())
                .build();
    }

    @Produces
    @Liveness
    HealthCheck live() {
        return () -> report("no shard stream has failed", true, state -> !(state instanceof StreamState.Failed));
    }

    @Produces
    @Readiness
    HealthCheck ready() {
        return () ->
                report("shard streams run", supervisor.isStarted() && supervisor.hasLease(), state -> switch (state) {
                    case StreamState.Copying copying -> true;
                    case StreamState.Following following -> true;
                    case StreamState.Closed closed -> true;
                    default -> false;
                });
    }

    private HealthCheckResponse report(String name, boolean begun, Predicate<StreamState> isWell) {
        HealthCheckResponseBuilder response = HealthCheckResponse.named(name);
        boolean up = begun;
        for (ShardStatus shard : supervisor.shards()) {
            up &= isWell.test(shard.state());
            response.withData(
                    shard.shard().toString(),
                    Words.of(shard.state())
                            + (shard.epoch() > 0 ? ", epoch " + shard.epoch() : "")
                            + (shard.position() == null ? "" : ", " + shard.position()));
        }
        return response.withData("process", supervisor.process())
                .withData("lease renewed, ms ago", supervisor.leaseAge().toMillis())
                .status(up)
                .build();
    }
}
