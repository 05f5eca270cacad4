package dev.tributary.diff;

import dev.tributary.diff.Findings.Found;
import dev.tributary.diff.TableReport.Kind;
import dev.tributary.diff.TableReport.NamedValue;
import dev.tributary.diff.TableReport.RowDifference;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes what is shown of the differences that are kept: only now whole rows are read, and only theirs. */
final class ShownRows {
    private final TablePair pair;
    private final Side source;
    private final Side target;
    private final Findings findings;

    ShownRows(TablePair pair, Side source, Side target, Findings findings) {
        this.pair = pair;
        this.source = source;
        this.target = target;
        this.findings = findings;
    }

    Future<List<RowDifference>> read() {
        return pair.keyed() ? keyed() : keyless();
    }

    private Future<List<RowDifference>> keyed() {
        List<RowKey> changed =
                findings.kept(Kind.CHANGED).stream().map(Found::key).toList();
        if (changed.isEmpty()) {
            return Future.succeededFuture(withKeys(Map.of(), Map.of()));
        }
        Future<Map<RowKey, RowKey>> before = rows(source, pair.sourceSql(), changed);
        Future<Map<RowKey, RowKey>> after = rows(target, pair.targetSql(), changed);
        return Future.all(before, after).map(both -> withKeys(before.result(), after.result()));
    }

    private Future<Map<RowKey, RowKey>> rows(Side side, TableSql sql, List<RowKey> keys) {
        int width = pair.key().size();
        return side.ask(server -> server.scan("reading rows of " + pair.source(), sql.rowsWith(keys)))
                .map(answers -> {
                    Map<RowKey, RowKey> rows = new HashMap<>();
                    for (RowSet<Row> answer : answers) {
                        for (Row row : answer) {
                            List<@Nullable String> texts =
                                    SliceReader.texts(row, width, pair.columns().size());
                            pair.documents().forEach(i -> texts.set(i, Documents.digest(texts.subList(i, i + 1))));
                            rows.put(new RowKey(SliceReader.texts(row, 0, width)), new RowKey(texts));
                        }
                    }
                    return rows;
                });
    }

    private List<RowDifference> withKeys(Map<RowKey, RowKey> before, Map<RowKey, RowKey> after) {
        List<RowDifference> shown = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            for (Found found :
                    findings.kept(kind).stream().sorted(this::inOrder).toList()) {
                List<NamedValue> key = new ArrayList<>();
                for (int i = 0; i < pair.key().size(); i++) {
                    KeyColumn column = pair.key().get(i);
                    key.add(new NamedValue(
                            column.name(), column.shown(found.key().text(i))));
                }
                List<String> columns =
                        kind == Kind.CHANGED ? differing(before.get(found.key()), after.get(found.key())) : List.of();
                shown.add(new RowDifference(kind, key, columns, found.count()));
            }
        }
        return shown;
    }

    /** Ranges are compared several at a time, so that differences come in any order. */
    private int inOrder(Found one, Found other) {
        for (int i = 0; i < pair.key().size(); i++) {
            int order = pair.key().get(i).compare(one.key().text(i), other.key().text(i));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    /** None if the rows have changed since. */
    private List<String> differing(@Nullable RowKey before, @Nullable RowKey after) {
        List<String> columns = new ArrayList<>();
        for (int i = 0; before != null && after != null && i < before.texts().size(); i++) {
            if (!Objects.equals(before.text(i), after.text(i))) {
                columns.add(pair.columns().get(i));
            }
        }
        return columns;
    }

    private Future<List<RowDifference>> keyless() {
        Future<Map<String, List<NamedValue>>> missing = whole(source, pair.sourceSql(), Kind.MISSING);
        Future<Map<String, List<NamedValue>>> extra = whole(target, pair.targetSql(), Kind.EXTRA);
        return Future.all(missing, extra).map(both -> {
            List<RowDifference> shown = new ArrayList<>();
            shown.addAll(withRows(Kind.MISSING, missing.result()));
            shown.addAll(withRows(Kind.EXTRA, extra.result()));
            return shown;
        });
    }

    private Future<Map<String, List<NamedValue>>> whole(Side side, TableSql sql, Kind kind) {
        Set<String> wanted = findings.kept(kind).stream()
                .map(found -> String.valueOf(found.key().text(0)))
                .collect(Collectors.toSet());
        List<String> digests = wanted.stream()
                .map(digest -> digest.split("/", 2)[0])
                .distinct()
                .toList();
        if (digests.isEmpty()) {
            return Future.succeededFuture(Map.of());
        }
        return side.ask(server -> server.scan(
                        "reading rows of " + pair.source(), sql.rowsWithDigests(digests), row -> shown(row, wanted)))
                .map(answers -> {
                    Map<String, List<NamedValue>> rows = new HashMap<>();
                    answers.forEach(answer -> answer.forEach(rows::putAll));
                    return rows;
                });
    }

    /** Of a row that differs in its documents alone from one that is wanted nothing is kept. */
    private Map<String, List<NamedValue>> shown(Row row, Set<String> wanted) {
        int columns = pair.columns().size();
        String digest = String.valueOf(SliceReader.digest(pair, row, 1 + columns));
        if (!wanted.contains(digest)) {
            return Map.of();
        }
        List<NamedValue> values = new ArrayList<>();
        for (int i = 0; i < columns; i++) {
            values.add(new NamedValue(pair.columns().get(i), Objects.requireNonNullElse(row.getString(i + 1), "NULL")));
        }
        return Map.of(digest, values);
    }

    private List<RowDifference> withRows(Kind kind, Map<String, List<NamedValue>> rows) {
        return findings.kept(kind).stream()
                .map(found -> new RowDifference(
                        kind,
                        rows.getOrDefault(String.valueOf(found.key().text(0)), List.of()),
                        List.of(),
                        found.count()))
                .toList();
    }
}
