@NullMarked
package dev.tributary.diff;

import org.jspecify.annotations.NullMarked;
