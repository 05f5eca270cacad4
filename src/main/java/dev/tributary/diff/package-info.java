/**
 * Whether the target holds what the source holds: looked up on both ends past the way that changes take, with SQL of its
 * own, or as items. It shares addresses with source and sink, and nothing that reads or writes rows.
 */
@NullMarked
package dev.tributary.diff;

import org.jspecify.annotations.NullMarked;
