/** A shop in a sharded keyspace: its schema, its first rows, and customers who buy at random while a test runs. */
@NullMarked
package dev.tributary.workload;

import org.jspecify.annotations.NullMarked;
