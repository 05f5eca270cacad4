package dev.tributary.sink.mysql;

import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Row;
import io.netty.buffer.ByteBufUtil;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Tuple;

/**
 * How large a statement may be.
 *
 * @param packet the server's {@code max_allowed_packet}
 */
record RowSizes(long packet) {
    /** Beyond this a larger statement is no faster, but holds more memory here and there. */
    private static final long ENOUGH = 8 << 20;

    /** The bytes of a statement of several rows. */
    long statement() {
        return Math.min(packet / 2, ENOUGH);
    }

    /**
     * Refuses a row that the server would never take: it closes the connection on too large a packet, which looks like a
     * failure that may be over by itself.
     *
     * @param first the statement's first row; only if it is a large one are the values counted
     */
    void check(String table, String sql, Tuple values, Row first) {
        // no charset of MySQL's grows more than threefold in UTF-8
        if (RowChunks.size(first) * 3 < packet) {
            return;
        }
        long bytes = sql.length() * 3L + values.size() * 12L;
        for (int i = 0; i < values.size(); i++) {
            Object value = values.getValue(i);
            bytes += value instanceof String text
                    ? ByteBufUtil.utf8Bytes(text)
                    : value instanceof Buffer buffer ? buffer.length() : 8;
        }
        if (bytes > packet) {
            throw new PipelineException(
                    Kind.FATAL,
                    "table " + table + ": a row of " + bytes + " bytes is larger than the target's max_allowed_packet ("
                            + packet + "); raise that to at least " + Long.highestOneBit(bytes) * 2);
        }
    }
}
