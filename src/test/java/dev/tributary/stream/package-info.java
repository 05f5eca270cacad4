@NullMarked
package dev.tributary.stream;

import org.jspecify.annotations.NullMarked;
