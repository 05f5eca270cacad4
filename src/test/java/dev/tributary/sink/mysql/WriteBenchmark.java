package dev.tributary.sink.mysql;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** From records to the values of statements; see {@code ./tributary bench micro}. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class WriteBenchmark {
    private final WritePath path = new WritePath();

    /** An update, every other one of a row that was updated before. */
    @Benchmark
    @OperationsPerInvocation(WritePath.ROWS)
    public int fold() {
        return path.fold();
    }

    /** A row of a copy. */
    @Benchmark
    @OperationsPerInvocation(WritePath.ROWS)
    public long statementsOfCopy() {
        return path.write(path.copied);
    }

    /** An update, folded. */
    @Benchmark
    @OperationsPerInvocation(WritePath.ROWS)
    public long statementsOfUpdates() {
        return path.write(path.updated);
    }
}
