/** The vocabulary of a change on its way: what every other package speaks and none of them owns. */
@NullMarked
package dev.tributary.record;

import org.jspecify.annotations.NullMarked;
