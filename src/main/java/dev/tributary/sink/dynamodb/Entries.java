package dev.tributary.sink.dynamodb;

import dev.tributary.dynamodb.DynamoDbFailures;
import dev.tributary.dynamodb.ServiceAddress;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsResponse;

/**
 * The checkpoint table's entries. Every read is consistent. May be used on any thread.
 *
 * @param table its full name
 */
record Entries(ServiceAddress address, DynamoDbAsyncClient client, String table) {
    /** Of a transaction. */
    static final int MOST_CHANGES = 100;

    private static final int MOST_READ = 100;
    private static final int AT_A_TIME = 8;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);
    private static final int CONFLICTS = 15;

    /** @param what in words that follow "while" */
    <T> Uni<T> ask(String what, Supplier<CompletionStage<T>> request) {
        return Uni.createFrom()
                .completionStage(request)
                .onFailure(failure -> DynamoDbFailures.isConflict(failure) || DynamoDbFailures.isBusy(failure))
                .retry()
                .withBackOff(FIRST_PAUSE, LONGEST_PAUSE)
                .withJitter(0.5)
                .atMost(CONFLICTS)
                .onFailure()
                .transform(failure -> DynamoDbFailures.of(address, what, last(failure)));
    }

    /** What the last attempt has failed with. */
    private static Throwable last(Throwable failure) {
        return failure instanceof IllegalStateException given && given.getCause() != null ? given.getCause() : failure;
    }

    Uni<Entry> get(EntryId id) {
        return ask(
                        "reading table " + table,
                        () -> client.getItem(request ->
                                request.tableName(table).key(id.key()).consistentRead(true)))
                .map(answer -> new Entry(answer.item()));
    }

    /** Those of the given ones that are there, in no order. */
    Uni<List<Entry>> getAll(Collection<EntryId> ids) {
        List<EntryId> all = List.copyOf(ids);
        List<List<EntryId>> requests = new ArrayList<>();
        for (int from = 0; from < all.size(); from += MOST_READ) {
            requests.add(all.subList(from, Math.min(all.size(), from + MOST_READ)));
        }
        return each(requests, some -> some(some.stream().map(EntryId::key).toList(), List.of()))
                .map(lists -> lists.stream().flatMap(List::stream).toList());
    }

    private Uni<List<Entry>> some(List<Map<String, AttributeValue>> keys, List<Entry> found) {
        return ask(
                        "reading table " + table,
                        () -> client.batchGetItem(request -> request.requestItems(Map.of(
                                table,
                                KeysAndAttributes.builder()
                                        .keys(keys)
                                        .consistentRead(true)
                                        .build()))))
                .flatMap(answer -> {
                    List<Entry> all = new ArrayList<>(found);
                    answer.responses().getOrDefault(table, List.of()).forEach(item -> all.add(new Entry(item)));
                    KeysAndAttributes left = answer.unprocessedKeys().get(table);
                    return left == null || left.keys().isEmpty()
                            ? Uni.createFrom().item(List.copyOf(all))
                            : some(left.keys(), all).onItem().delayIt().by(FIRST_PAUSE);
                });
    }

    /** Those of a group whose names begin so, in their order. */
    Uni<List<Entry>> query(String group, String beginning) {
        return page(group, beginning, Map.of(), new ArrayList<>());
    }

    private Uni<List<Entry>> page(String group, String beginning, Map<String, AttributeValue> from, List<Entry> found) {
        return ask(
                        "reading table " + table,
                        () -> client.query(request -> request.tableName(table)
                                .consistentRead(true)
                                .keyConditionExpression("#g = :g AND begins_with(#e, :e)")
                                .expressionAttributeNames(Map.of("#g", EntryId.GROUP, "#e", EntryId.ENTRY))
                                .expressionAttributeValues(Map.of(
                                        ":g", AttributeValue.fromS(group), ":e", AttributeValue.fromS(beginning)))
                                .exclusiveStartKey(from.isEmpty() ? null : from)))
                .flatMap(answer -> {
                    answer.items().forEach(item -> found.add(new Entry(item)));
                    return answer.hasLastEvaluatedKey()
                                    && !answer.lastEvaluatedKey().isEmpty()
                            ? page(group, beginning, answer.lastEvaluatedKey(), found)
                            : Uni.createFrom().item(List.copyOf(found));
                });
    }

    /** The entry as it is afterwards; empty if the condition does not hold. */
    Uni<Optional<Entry>> change(EntryChange change) {
        return ask("writing table " + table, () -> client.updateItem(change.toRequest(table)))
                .map(answer -> Optional.of(new Entry(answer.attributes())))
                .onFailure(DynamoDbFailures::isUnmet)
                .recoverWithItem(Optional.empty());
    }

    /** The same of a change without a condition, once: it fails if there is no answer by then. */
    Uni<Entry> changeWithin(Duration limit, EntryChange change) {
        return Uni.createFrom()
                .completionStage(() -> client.updateItem(change.toRequest(table).toBuilder()
                        .overrideConfiguration(
                                options -> options.apiCallTimeout(limit).apiCallAttemptTimeout(limit))
                        .build()))
                .onFailure()
                .transform(failure -> DynamoDbFailures.of(address, "writing table " + table, failure))
                .map(answer -> new Entry(answer.attributes()));
    }

    /** All of them or none: false if a condition does not hold. No more than {@link #MOST_CHANGES}. */
    Uni<Boolean> together(List<EntryChange> changes) {
        return met(ask("writing table " + table, () -> transaction(changes)));
    }

    /** The same without another try: it fails as {@code TRANSIENT} if others are at work on one of the entries. */
    Uni<Boolean> once(List<EntryChange> changes) {
        return met(Uni.createFrom()
                .completionStage(() -> transaction(changes))
                .onFailure()
                .transform(failure -> DynamoDbFailures.of(address, "writing table " + table, failure)));
    }

    private CompletionStage<TransactWriteItemsResponse> transaction(List<EntryChange> changes) {
        return client.transactWriteItems(request -> request.transactItems(
                changes.stream().map(change -> change.toTransaction(table)).toList()));
    }

    private static Uni<Boolean> met(Uni<TransactWriteItemsResponse> answer) {
        return answer.map(done -> true).onFailure(DynamoDbFailures::isUnmet).recoverWithItem(false);
    }

    /** Deletes a part as it was read: one that was claimed since, or made anew, stays however late this arrives. */
    Uni<Void> delete(Entry part) {
        return together(List.of(new EntryChange(part.id()).delete().when("{epoch} = ?", part.number("epoch"))))
                .replaceWithVoid();
    }

    Uni<Void> delete(EntryId id) {
        return ask(
                        "writing table " + table,
                        () -> client.deleteItem(
                                request -> request.tableName(table).key(id.key())))
                .replaceWithVoid();
    }

    /** Some work for each, a few at a time; results in no order. */
    static <T, R> Uni<List<R>> each(Collection<T> of, Function<T, Uni<R>> work) {
        return Multi.createFrom()
                .iterable(of)
                .onItem()
                .transformToUni(item -> work.apply(item))
                .merge(AT_A_TIME)
                .collect()
                .asList();
    }

    /** One after the other: where they check the same entry, they would only get in each other's way. Results in their order. */
    static <T, R> Uni<List<R>> inTurn(Collection<T> of, Function<T, Uni<R>> work) {
        return Multi.createFrom()
                .iterable(of)
                .onItem()
                .transformToUniAndConcatenate(item -> work.apply(item))
                .collect()
                .asList();
    }

    /** The same as {@link #each}, of work without a result. */
    static <T> Uni<Void> forEach(Collection<T> of, Function<T, Uni<Void>> work) {
        return each(of, item -> work.apply(item).replaceWith(true)).replaceWithVoid();
    }
}
