/** Real servers for tests and the demo: mysqld and Vitess clusters on loopback ports, gone when their JVM is. */
@NullMarked
package dev.tributary.servers;

import org.jspecify.annotations.NullMarked;
