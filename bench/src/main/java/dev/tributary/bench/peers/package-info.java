/** What the benchmark measures Tributary against: each main program is a process of its own. */
package dev.tributary.bench.peers;
