/** The packaged pipeline as a process of its own between real servers: what users rely on, shown from outside. */
@NullMarked
package dev.tributary.endtoend;

import org.jspecify.annotations.NullMarked;
