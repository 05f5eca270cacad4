package dev.tributary.source.vitess;

import binlogdata.Binlogdata.RowChange;
import dev.tributary.record.Column;
import dev.tributary.record.Gaps;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Row;
import dev.tributary.record.SourceTable;
import dev.tributary.record.StreamId;
import dev.tributary.record.TableSchema;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;

/**
 * New images of which the source has logged a part. A vttablet sends {@code data_columns}, a bit for each column, where one is
 * absent, and {@code json_partial_values}, a bit for each JSON column, where a document may have been logged as its
 * difference (Vitess 24, vstreamer.go and, for how they are to be read, replicator_plan.go).
 */
final class PartialImage {
    private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

    private static final String ANEW =
            "set binlog_row_image=FULL and binlog_row_value_options='' at the source, and start a"
                    + " new pipeline (TRIBUTARY_PIPELINE) into an empty target";

    private PartialImage() {}

    /**
     * An image of NULLs alone is taken for none by a vttablet, so that an update would look like a delete: a table without a key
     * may have such where values are left out.
     */
    static void checkTold(StreamId stream, SourceTable table) {
        if (table.key().isEmpty()
                && table.columns().stream()
                        .allMatch(column -> column.isNullable() || Collations.isLong(column.type()))) {
            throw new PipelineException(
                    Kind.FATAL,
                    stream + ": table " + table.id()
                            + " has no key and, texts and documents aside, no column that is NOT"
                            + " NULL, and the binlog does not hold all values of its rows: an update can't be told from a"
                            + " delete; " + ANEW);
        }
    }

    /** A row that was not there under its old key: it is new at the target, where values that it lacks are unknown. */
    static PipelineException moved(StreamId stream) {
        return new PipelineException(
                Kind.FATAL,
                stream
                        + ": the key of a row was changed while its table was copied, and the binlog does not hold all of"
                        + " its values; " + ANEW);
    }

    static Row read(TableSchema schema, RowChange change, Row after) {
        if (!change.hasDataColumns() && !change.hasJsonPartialValues()) {
            return after;
        }
        BitSet absent = new BitSet();
        if (change.hasDataColumns()) {
            absent.set(0, (int) change.getDataColumns().getCount());
            absent.andNot(bits(change.getDataColumns()));
            absent.stream().forEach(column -> checkLeftOut(schema, column));
        }
        BitSet expressions = new BitSet();
        if (change.hasJsonPartialValues()) {
            readDifferences(schema, after, bits(change.getJsonPartialValues()), absent, expressions);
        }
        return absent.isEmpty() && expressions.isEmpty() ? after : after.with(new Gaps(absent, expressions));
    }

    /**
     * With {@code MINIMAL} an image may lack anything, and one of NULLs alone can't be told from a row that is gone. A vttablet
     * refuses it as the server's setting, but not as a session's.
     */
    private static void checkLeftOut(TableSchema schema, int column) {
        String type = schema.columns().get(column).type();
        if (!Collations.isLong(type)) {
            throw new PipelineException(
                    Kind.FATAL,
                    "table " + schema.table() + ": the source's binlog lacks values of column "
                            + schema.columns().get(column).name()
                            + "; set binlog_row_image=FULL, or NOBLOB, for every session of the tablets' MySQL, and start a"
                            + " new pipeline (TRIBUTARY_PIPELINE) into an empty target");
        }
    }

    private static void readDifferences(
            TableSchema schema, Row after, BitSet differences, BitSet absent, BitSet expressions) {
        int document = 0;
        for (int i = 0; i < schema.columns().size(); i++) {
            Column column = schema.columns().get(i);
            if (!column.type().equalsIgnoreCase("json")) {
                continue;
            }
            if (differences.get(document) && !after.isNull(i)) {
                if (after.length(i) == 0) {
                    // no difference: the document was left as it was
                    absent.set(i);
                } else if (!Arrays.equals(NULL, after.value(i))) {
                    expressions.set(i);
                }
            }
            document++;
        }
    }

    /** Least significant bit first. */
    private static BitSet bits(RowChange.Bitmap bitmap) {
        return BitSet.valueOf(bitmap.getCols().toByteArray());
    }
}
