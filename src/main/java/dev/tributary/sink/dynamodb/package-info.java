/**
 * Writes into tables of DynamoDB: at least once, idempotent per key. A batch arrives at {@link DynamoDbSink}, goes to the
 * {@link Lane} of its stream, and is folded to one {@link ItemWrite} for each key ({@link TargetKey} says what that is,
 * {@link RowItems} how a row becomes an item). The {@link Writer} sends these, many at a time and in any order, as fast as the
 * tables take them; once all are durable the position is saved in a table of its own, if the shard's epoch still is the batch's.
 *
 * <p>Nothing in the service keeps a write apart that comes too late. So a process writes only while it is sure that no other may have
 * taken its shards: {@link LeaseWatch} says how.
 */
@NullMarked
package dev.tributary.sink.dynamodb;

import org.jspecify.annotations.NullMarked;
