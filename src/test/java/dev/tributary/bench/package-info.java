/** Measures the packaged application against its peers, each in a process of its own; see {@code ./tributary bench}. */
@NullMarked
package dev.tributary.bench;

import org.jspecify.annotations.NullMarked;
