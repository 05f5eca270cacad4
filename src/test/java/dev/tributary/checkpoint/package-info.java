@NullMarked
package dev.tributary.checkpoint;

import org.jspecify.annotations.NullMarked;
