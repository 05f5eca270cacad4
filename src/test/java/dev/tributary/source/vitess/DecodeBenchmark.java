package dev.tributary.source.vitess;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** From a message's bytes to records; see {@code ./tributary bench micro}. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DecodeBenchmark {
    private final DecodePath path = new DecodePath(DecodePath.ROWS);

    /** An update, of two images. */
    @Benchmark
    @OperationsPerInvocation(DecodePath.ROWS)
    public long decode() {
        return path.read();
    }
}
