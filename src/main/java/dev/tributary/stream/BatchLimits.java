package dev.tributary.stream;

import dev.tributary.config.Settings;

/**
 * When a batch is sent.
 *
 * @param rows rows from which it is
 * @param bytes bytes on the heap from which it is
 * @param delayMillis how long it may wait from its first record; 0 to send it as soon as nothing is on its way
 */
record BatchLimits(int rows, long bytes, long delayMillis) {
    static BatchLimits of(Settings settings) {
        return new BatchLimits(
                settings.batch().rows(),
                settings.batch().bytes().asLongValue(),
                settings.batch().delay().toMillis());
    }
}
