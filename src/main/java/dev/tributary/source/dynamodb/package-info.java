/**
 * DynamoDB: a table's snapshot by parallel scans, its changes by the shards of its stream. The snapshot is a shard of its own, whose
 * parts are the scan's segments; where they are copied it ends as a shard does that was resharded, and the shards of the stream
 * that were open when it began take over. The only place of a source that knows the AWS SDK.
 */
@NullMarked
package dev.tributary.source.dynamodb;

import org.jspecify.annotations.NullMarked;
