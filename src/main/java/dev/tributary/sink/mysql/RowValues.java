package dev.tributary.sink.mysql;

import dev.tributary.record.Row;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.impl.BufferImpl;
import io.vertx.sqlclient.Tuple;
import io.vertx.sqlclient.impl.TupleInternal;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The values of some rows, one row after the other, as a statement's parameters. Bytes that go as they are stay in their row
 * until the client writes them into its packet: it asks for every value twice, for its type and to write it, and looks at one
 * at a time. Used by one thread at a time.
 */
final class RowValues extends TupleInternal {
    private final Row[] rows;
    private final Binding[] columns;
    /** What had to be made of values beforehand, in the order of all; null where that is of none. */
    private final @Nullable Object @Nullable [] made;

    private final Bytes bytes = new Bytes();

    /** @throws dev.tributary.record.PipelineException if a value can't be made what the target needs */
    RowValues(List<Row> rows, List<Binding> columns) {
        this.rows = rows.toArray(new Row[0]);
        this.columns = columns.toArray(new Binding[0]);
        boolean plain = columns.stream().allMatch(column -> column.form() != Binding.Form.MADE);
        this.made = plain ? null : make();
    }

    private @Nullable Object[] make() {
        @Nullable Object[] values = new @Nullable Object[size()];
        for (int i = 0; i < values.length; i++) {
            Binding column = columns[i % columns.length];
            if (column.form() == Binding.Form.MADE) {
                values[i] = column.value(rows[i / columns.length]);
            }
        }
        return values;
    }

    @Override
    public @Nullable Object getValueInternal(int index) {
        Row row = rows[index / columns.length];
        Binding column = columns[index % columns.length];
        if (row.isNull(column.index())) {
            return null;
        }
        return switch (column.form()) {
            case BYTES -> bytes.of(row, column.index());
            case INTEGER -> column.value(row);
            case MADE -> Objects.requireNonNull(made)[index];
        };
    }

    @Override
    public int size() {
        return rows.length * columns.length;
    }

    @Override
    public Tuple addValue(@Nullable Object value) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void setValue(int index, @Nullable Object value) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void clear() {
        throw new UnsupportedOperationException();
    }

    /** One value after the other, until the next is asked for; nothing of it but these two methods may be used. */
    private static final class Bytes extends BufferImpl {
        private byte[] array = {};
        private ByteBuf all = Unpooled.EMPTY_BUFFER;
        private int start;
        private int length;

        @SuppressWarnings("ArrayEquals") // the very array that is wrapped
        Bytes of(Row row, int index) {
            if (row.bytes() != array) {
                array = row.bytes();
                all = Unpooled.wrappedBuffer(array);
            }
            start = row.start(index);
            length = row.length(index);
            return this;
        }

        @Override
        public int length() {
            return length;
        }

        @Override
        public ByteBuf getByteBuf() {
            return all.setIndex(start, start + length);
        }
    }
}
