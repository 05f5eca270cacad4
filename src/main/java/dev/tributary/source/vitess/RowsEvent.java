package dev.tributary.source.vitess;

import binlogdata.Binlogdata.RowChange;
import binlogdata.Binlogdata.RowEvent;
import binlogdata.Binlogdata.VEvent;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import dev.tributary.record.Row;
import dev.tributary.record.RowPages;
import dev.tributary.record.TableSchema;
import org.jspecify.annotations.Nullable;

/**
 * An event of type ROW: changes of one table's rows, one after the other, each to be looked at before the next. One serves for all
 * events of a stream, one after the other: a copy has one of each row. Source of the fields: {@code binlogdata.proto} of Vitess 24.
 */
final class RowsEvent {
    private static final int TABLE_NAME = bytesField(RowEvent.TABLE_NAME_FIELD_NUMBER);
    private static final int ROW_CHANGES = bytesField(RowEvent.ROW_CHANGES_FIELD_NUMBER);
    private static final int BEFORE = bytesField(RowChange.BEFORE_FIELD_NUMBER);
    private static final int AFTER = bytesField(RowChange.AFTER_FIELD_NUMBER);
    private static final int TIMESTAMP = VEvent.TIMESTAMP_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_VARINT;
    private static final int ROW_EVENT = bytesField(VEvent.ROW_EVENT_FIELD_NUMBER);

    private static final WireReader NOTHING = new WireReader(new byte[0], 0);

    private final RowPages pages = new RowPages();
    private WireReader reader = NOTHING;
    private final RepeatedText tables = new RepeatedText();
    private String table = "";
    private long timestamp;
    /** Where the changes are that were not looked at. */
    private int from;

    private int to;
    /** Where the images of the change at hand are; none where it ends before it begins. */
    private int beforeFrom;

    private int beforeTo;
    private int afterFrom;
    private int afterTo;
    /** The change at hand, if its images are not whole. */
    private @Nullable RowChange partial;

    /** @param event a VEvent of type ROW, which this moves about in while it is used */
    void read(WireReader event) {
        reader = event;
        timestamp = 0;
        from = 0;
        to = 0;
        table = "";
        while (event.hasMore()) {
            int tag = event.tag();
            if (tag == TIMESTAMP) {
                timestamp = event.varint();
            } else if (tag == ROW_EVENT) {
                int outer = event.enter();
                from = event.at();
                to = event.end();
                readName();
                event.leave(outer);
            } else {
                event.skip(tag);
            }
        }
    }

    private void readName() {
        while (reader.hasMore()) {
            int tag = reader.tag();
            if (tag == TABLE_NAME) {
                int outer = reader.enter();
                table = tables.read(reader);
                reader.leave(outer);
            } else {
                reader.skip(tag);
            }
        }
    }

    /** Lets go of the event, whose message may be large. */
    void release() {
        reader = NOTHING;
        from = 0;
        to = 0;
        partial = null;
    }

    static int bytesField(int number) {
        return number << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    }

    String table() {
        return table;
    }

    /** Seconds since 1970; 0 for rows of a copy. */
    long timestamp() {
        return timestamp;
    }

    /** Goes to the next change, the first at first; false behind the last. */
    boolean next() {
        reader.seek(from, to);
        while (reader.hasMore()) {
            int tag = reader.tag();
            if (tag == ROW_CHANGES) {
                int outer = reader.enter();
                pages.mark();
                readChange();
                reader.leave(outer);
                from = reader.at();
                return true;
            }
            reader.skip(tag);
        }
        from = to;
        return false;
    }

    private void readChange() {
        int start = reader.at();
        int length = reader.left();
        beforeTo = -1;
        afterTo = -1;
        partial = null;
        while (reader.hasMore()) {
            int tag = reader.tag();
            if (tag == BEFORE || tag == AFTER) {
                int outer = reader.enter();
                if (tag == BEFORE) {
                    beforeFrom = reader.at();
                    beforeTo = reader.end();
                } else {
                    afterFrom = reader.at();
                    afterTo = reader.end();
                }
                reader.leave(outer);
            } else {
                partial = partial == null ? parse(reader.bytes(), start, length) : partial;
                reader.skip(tag);
            }
        }
    }

    /** Images that are logged in part are rare. */
    private static RowChange parse(byte[] bytes, int from, int length) {
        try {
            return RowChange.parser().parseFrom(bytes, from, length);
        } catch (InvalidProtocolBufferException e) {
            throw new WireReader.Malformed(e);
        }
    }

    boolean hasBefore() {
        return beforeTo >= 0;
    }

    /** The old image; null if there is none. */
    @Nullable
    Row before(TableSchema schema) {
        return beforeTo < 0 ? null : row(schema, beforeFrom, beforeTo);
    }

    /** The new image, with what it lacks; null if there is none. */
    @Nullable
    Row after(TableSchema schema) {
        if (afterTo < 0) {
            return null;
        }
        Row row = row(schema, afterFrom, afterTo);
        return partial == null ? row : PartialImage.read(schema, partial, row);
    }

    /** Takes back the room of the change's images: to be called if none of them is kept. */
    void drop() {
        pages.drop();
    }

    private Row row(TableSchema schema, int start, int end) {
        reader.seek(start, end);
        return RowDecoder.row(schema, reader, pages);
    }
}
