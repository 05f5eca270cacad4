package dev.tributary.sink.dynamodb;

import dev.tributary.dynamodb.DynamoDbFailures;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;

/**
 * Sends writes of all streams, and repeats what the service did not take. Its state is touched on one context alone; may be called on
 * any thread.
 */
final class Writer {
    private final Context context;
    private final TargetAddress address;
    private final DynamoDbAsyncClient client;
    private final Congestion congestion;
    private final Throttling throttling;

    /** Whether writes of somebody may still be sent; throws why not. */
    interface Permit {
        void verify();
    }

    Writer(Context context, TargetAddress address, DynamoDbAsyncClient client, Throttling throttling) {
        this.context = context;
        this.address = address;
        this.client = client;
        this.congestion = new Congestion(address.requests());
        this.throttling = throttling;
    }

    /**
     * Done when all are durable; when it fails nothing of them is under way any more.
     *
     * @param writes of different keys
     * @param what whose they are, in words that follow "while writing"
     */
    Future<Void> write(Collection<ItemWrite> writes, String what, Permit permit) {
        List<Future<Void>> sent = WriteRequests.split(writes).stream()
                .map(request -> send(new WriteAttempt(request, what, permit)))
                .toList();
        return Future.join(sent).mapEmpty();
    }

    private Future<Void> send(WriteAttempt attempt) {
        Promise<Void> done = Promise.promise();
        context.runOnContext(v -> congestion.send(() -> go(attempt, done)));
        return done.future();
    }

    private void go(WriteAttempt attempt, Promise<Void> done) {
        try {
            attempt.permit().verify();
        } catch (RuntimeException refused) {
            congestion.given();
            done.fail(refused);
            return;
        }
        long cuts = congestion.cuts();
        hear(() -> attempt.send(client), (refused, failure) -> {
            if (failure == null && !refused || failure != null && attempt.isSettledBy(failure)) {
                congestion.taken();
                done.complete();
            } else if (failure == null || DynamoDbFailures.isThrottled(failure)) {
                congestion.throttled(cuts);
                throttling.count(attempt.what(), failure);
                again(attempt, done, attempt.pause());
            } else if (DynamoDbFailures.isKnown(failure)) {
                congestion.given();
                failed(attempt, failure, done);
            } else {
                // no answer in time: it has more to do than it can, or can't be reached, where fewer requests do no
                // harm
                congestion.throttled(cuts);
                failed(attempt, failure, done);
            }
        });
    }

    private interface Answer {
        /** @param refused whether some of the request is to be sent again */
        void heard(boolean refused, @org.jspecify.annotations.Nullable Throwable failure);
    }

    private void hear(Supplier<CompletionStage<Boolean>> request, Answer answer) {
        CompletionStage<Boolean> sent;
        try {
            sent = request.get();
        } catch (RuntimeException failure) {
            answer.heard(false, failure);
            return;
        }
        sent.whenComplete(
                (refused, failure) -> context.runOnContext(v -> answer.heard(Boolean.TRUE.equals(refused), failure)));
    }

    private void failed(WriteAttempt attempt, Throwable failure, Promise<Void> done) {
        if (DynamoDbFailures.isBusy(failure)) {
            throttling.count(attempt.what(), failure);
            again(attempt, done, attempt.pause());
            return;
        }
        PipelineException known = DynamoDbFailures.of(
                address.service(), "writing " + attempt.what() + " (" + attempt.tables() + ")", failure);
        if (known.kind() == Kind.TRANSIENT && !DynamoDbFailures.isKnown(failure)) {
            // it may be carried out yet: nothing else may be written of these keys until it can't be any more
            context.owner()
                    .setTimer(
                            address.timeout().toMillis(),
                            id -> context.runOnContext(v -> {
                                if (attempt.mayTryAgain()) {
                                    again(attempt, done, 1);
                                } else {
                                    done.fail(known);
                                }
                            }));
        } else if (known.kind() == Kind.FATAL && attempt.isOfMany()) {
            // which of them it is
            Future<Void> all = Future.succeededFuture();
            for (WriteAttempt single : attempt.singles()) {
                all = all.compose(before -> send(single));
            }
            all.onComplete(done);
        } else if (known.kind() == Kind.FATAL) {
            done.fail(new PipelineException(Kind.FATAL, attempt.named() + ": " + known.getMessage(), failure));
        } else {
            done.fail(known);
        }
    }

    private void again(WriteAttempt attempt, Promise<Void> done, long millis) {
        context.owner().setTimer(millis, id -> context.runOnContext(v -> congestion.send(() -> go(attempt, done))));
    }
}
