package dev.tributary.workload;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** What some work allocates: times differ from run to run and from machine to machine, bytes do not. */
public final class Allocated {
    /** So that what is made once, and by a compiler that has not seen enough yet, does not count. */
    private static final int ROUNDS = 30;

    private Allocated() {}

    /** The bytes that this thread allocates for one of so many, at the least. */
    public static long each(int count, Runnable work) {
        ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long before = thread.getCurrentThreadAllocatedBytes();
            work.run();
            least = Math.min(least, thread.getCurrentThreadAllocatedBytes() - before);
        }
        return least / count;
    }
}
