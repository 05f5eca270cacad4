/** {@code ./tributary demo}: a sharded Vitess and a MySQL on this machine, and the pipeline between them. */
@NullMarked
package dev.tributary.demo;

import org.jspecify.annotations.NullMarked;
