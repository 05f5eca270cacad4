/**
 * The shard streams: one verticle each, which reads a shard's parts and changes, makes batches of them, and asks for more
 * as they become durable; and the supervisor of them all.
 */
@NullMarked
package dev.tributary.stream;

import org.jspecify.annotations.NullMarked;
