package dev.tributary.config;

import io.quarkus.runtime.configuration.MemorySize;

/** How much memory changes on their way take at most, in bytes: as it is set, or by the heap there is. */
public final class BufferSize {
    private static final int SHARE_OF_HEAP = 4;
    private static final long LEAST = 16 << 20;
    /** Enough for whole batches of hundreds of shards. */
    private static final long MOST = 256 << 20;

    private BufferSize() {}

    public static long of(Settings settings) {
        return settings.buffer()
                .bytes()
                .map(MemorySize::asLongValue)
                .orElse(Math.clamp(Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP, LEAST, MOST));
    }
}
