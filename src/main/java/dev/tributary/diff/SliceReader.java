package dev.tributary.diff;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a side holds of a slice: by key the digest of its row, of several rows all of them; without a key, by digest the
 * number of rows. Documents become a part of the digest as they arrive, for they may be long.
 */
final class SliceReader {
    private final TablePair pair;
    private final Side source;
    private final Side target;

    SliceReader(TablePair pair, Side source, Side target) {
        this.pair = pair;
        this.source = source;
        this.target = target;
    }

    /** A row, or of a table without keys some that are equal; null for what the server could not render. */
    private record Line(@Nullable RowKey key, String state) {
        static final Line UNRENDERED = new Line(null, "");
    }

    Future<Map<RowKey, String>> read(boolean ofSource, Slice slice) {
        Side side = ofSource ? source : target;
        TableSql sql = pair.sql(ofSource);
        String what = "reading rows of " + pair.source();
        return side.ask(server -> switch (slice) {
                    case Slice.Range(KeyRange range) -> {
                        String rows = sql.rows(sql.where(range));
                        // documents may be more than fits into one message of a tablet's
                        yield pair.documents().isEmpty()
                                ? server.query(what, rows, this::line)
                                : server.scan(what, rows, this::line);
                    }
                    case Slice.Buckets(List<Integer> numbers) ->
                        server.scan(what, statement(sql, sql.inBuckets(numbers)), this::line);
                })
                .map(this::merged);
    }

    private String statement(TableSql sql, String where) {
        return pair.keyed() ? sql.rows(where) : sql.countedRows(where);
    }

    private Line line(Row row) {
        int keys = pair.key().size();
        String digest = digest(pair, row, pair.keyed() ? 1 + keys : 2);
        if (digest == null) {
            return Line.UNRENDERED;
        }
        return pair.keyed()
                ? new Line(new RowKey(texts(row, 1, keys)), digest)
                : new Line(new RowKey(List.of(digest)), String.valueOf(row.getLong(1)));
    }

    /**
     * Of a row that begins with the server's digest of all but the documents.
     *
     * @param from where the documents are
     */
    static @Nullable String digest(TablePair pair, Row row, int from) {
        String digest = row.getString(0);
        int documents = pair.documents().size();
        return digest == null || documents == 0 ? digest : digest + "/" + Documents.digest(texts(row, from, documents));
    }

    private Map<RowKey, String> merged(List<RowSet<Line>> answers) {
        BinaryOperator<String> merger = pair.keyed() ? SliceReader::joined : SliceReader::added;
        Map<RowKey, String> rows = new HashMap<>();
        for (RowSet<Line> answer : answers) {
            for (Line line : answer) {
                if (line.key() == null) {
                    throw unrendered(pair);
                }
                rows.merge(line.key(), line.state(), merger);
            }
        }
        return rows;
    }

    static Undetermined unrendered(TablePair pair) {
        return new Undetermined("table " + pair.source()
                + " has rows that the server makes no text of; its max_allowed_packet may be too small for them");
    }

    static List<@Nullable String> texts(Row row, int from, int count) {
        List<@Nullable String> texts = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            texts.add(row.getString(from + i));
        }
        return texts;
    }

    private static String joined(String one, String other) {
        String[] digests = (one + "," + other).split(",", -1);
        Arrays.sort(digests);
        return String.join(",", digests);
    }

    private static String added(String one, String other) {
        return String.valueOf(Long.parseLong(one) + Long.parseLong(other));
    }

    boolean keyed() {
        return pair.keyed();
    }

    /** How many rows a state stands for. */
    long count(@Nullable String state) {
        if (state == null) {
            return 0;
        }
        return pair.keyed() ? state.split(",", -1).length : Long.parseLong(state);
    }
}
