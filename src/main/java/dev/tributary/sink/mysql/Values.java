package dev.tributary.sink.mysql;

import dev.tributary.record.Column;
import dev.tributary.record.Row;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.impl.BufferImpl;
import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;

/** Values as parameters: text as text in the session's charset, bytes as bytes, which the server takes as they are. */
final class Values {
    private Values() {}

    static @Nullable Object of(Column column, Row row, int index) {
        if (row.isNull(index)) {
            return null;
        }
        Charset charset = column.charset();
        if (charset == null) {
            return BufferImpl.buffer(Unpooled.wrappedBuffer(row.bytes(), row.start(index), row.length(index)));
        }
        return new String(row.bytes(), row.start(index), row.length(index), charset);
    }
}
