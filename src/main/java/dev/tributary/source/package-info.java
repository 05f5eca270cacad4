/** The beginning of a change's way: reads a shard's snapshot and its changes, and knows what a position means. */
@NullMarked
package dev.tributary.source;

import org.jspecify.annotations.NullMarked;
