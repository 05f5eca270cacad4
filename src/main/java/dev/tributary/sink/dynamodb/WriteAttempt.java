package dev.tributary.sink.dynamodb;

import dev.tributary.dynamodb.DynamoDbFailures;
import dev.tributary.sink.dynamodb.Writer.Permit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/** A request on its way, and what is left of it. Used by one after the other. */
final class WriteAttempt {
    private static final long SHORTEST_PAUSE = 50;
    private static final long LONGEST_PAUSE = 5_000;
    /** Of those that nobody answered. */
    private static final int MOST_SILENCES = 2;

    private final List<ItemWrite> writes;
    private final String what;
    private final Permit permit;
    /** What the service gave back; null before it did. */
    private volatile @Nullable Map<String, List<WriteRequest>> left;

    private long longest = SHORTEST_PAUSE;
    private int silences;

    WriteAttempt(List<ItemWrite> writes, String what, Permit permit) {
        this.writes = writes;
        this.what = what;
        this.permit = permit;
    }

    String what() {
        return what;
    }

    /** In words: {@code table a}, or {@code tables a, b}. */
    String tables() {
        Set<String> tables =
                writes.stream().map(write -> write.key().table()).collect(Collectors.toCollection(TreeSet::new));
        return (tables.size() == 1 ? "table " : "tables ") + String.join(", ", tables);
    }

    Permit permit() {
        return permit;
    }

    /** Answers whether some of it is to be sent again. */
    CompletionStage<Boolean> send(DynamoDbAsyncClient client) {
        if (writes.getFirst() instanceof ItemWrite.Update update) {
            return client.updateItem(WriteRequests.update(update).toBuilder()
                            .overrideConfiguration(PermitGuard.under(permit))
                            .build())
                    .thenApply(done -> false);
        }
        Map<String, List<WriteRequest>> rest = left;
        BatchWriteItemRequest request = rest == null ? WriteRequests.batch(writes) : WriteRequests.unprocessed(rest);
        return client.batchWriteItem(request.toBuilder()
                        .overrideConfiguration(PermitGuard.under(permit))
                        .build())
                .thenApply(answer -> {
                    if (answer.unprocessedItems().isEmpty()) {
                        return false;
                    }
                    if (rest == null || WriteRequests.count(answer.unprocessedItems()) < WriteRequests.count(rest)) {
                        longest = SHORTEST_PAUSE;
                    }
                    left = answer.unprocessedItems();
                    return true;
                });
    }

    /** Whether a failure means that nothing is to be done. */
    boolean isSettledBy(Throwable failure) {
        return writes.getFirst() instanceof ItemWrite.Update && DynamoDbFailures.isUnmet(failure);
    }

    /** How long to wait before it is sent again, in milliseconds: any time up to a bound that doubles. */
    long pause() {
        long pause = 1 + ThreadLocalRandom.current().nextLong(longest);
        longest = Math.min(LONGEST_PAUSE, 2 * longest);
        return pause;
    }

    /** After nobody has answered. */
    boolean mayTryAgain() {
        return ++silences < MOST_SILENCES;
    }

    boolean isOfMany() {
        return writes.size() > 1;
    }

    List<WriteAttempt> singles() {
        return writes.stream()
                .map(write -> new WriteAttempt(List.of(write), what, permit))
                .toList();
    }

    /** The one item that it is of. */
    String named() {
        ItemKey key = writes.getFirst().key();
        return "table " + key.table() + ", key " + key;
    }
}
