/** Where the streams stand: what is saved with the rows, and who may save it. Used by the streams and by the sinks. */
@NullMarked
package dev.tributary.checkpoint;

import org.jspecify.annotations.NullMarked;
