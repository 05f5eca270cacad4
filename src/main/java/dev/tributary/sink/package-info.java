/** The end of a change's way: what makes batches durable, rows and position together. */
@NullMarked
package dev.tributary.sink;

import org.jspecify.annotations.NullMarked;
