/** What is seen of a running pipeline from outside: health, metrics, progress. Reads what the streams publish. */
@NullMarked
package dev.tributary.console;

import org.jspecify.annotations.NullMarked;
