/**
 * Vitess: snapshot parts and changes of a shard over VTGate's VStream, shards and tables over its MySQL port. The only
 * place that knows gRPC, Vitess's messages and GTID sets.
 */
@NullMarked
package dev.tributary.source.vitess;

import org.jspecify.annotations.NullMarked;
