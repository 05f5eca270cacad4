/** Random schemas and random transactions on them, the same for the same seed. */
@NullMarked
package dev.tributary.seeds;

import org.jspecify.annotations.NullMarked;
