/** Compares source and target row by row, over JDBC, by nothing that the product does. */
@NullMarked
package dev.tributary.comparison;

import org.jspecify.annotations.NullMarked;
