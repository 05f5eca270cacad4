/** Tests of the values that both ends of a comparison are brought to. */
@NullMarked
package dev.tributary.diff.item;

import org.jspecify.annotations.NullMarked;
