package dev.tributary.sink.mysql;

import dev.tributary.record.ChangeRecord;
import dev.tributary.record.Column;
import dev.tributary.record.Operation;
import dev.tributary.record.Row;
import dev.tributary.record.SourceTable;
import dev.tributary.record.TableId;
import dev.tributary.record.TableSchema;
import dev.tributary.servers.MySqlServer;
import java.nio.charset.Charset;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A real table, whose rows are read as a source gives them: text in each column's own charset. */
final class MirroredTable {
    private static final Map<String, String> CHARSETS = Map.of(
            "utf8mb4",
            "UTF-8",
            "utf8",
            "UTF-8",
            "latin1",
            "windows-1252",
            "ascii",
            "US-ASCII",
            "ucs2",
            "UTF-16BE",
            "sjis",
            "Shift_JIS",
            "gbk",
            "GBK");

    final SourceTable table;
    final TableSchema schema;
    final List<Row> rows = new ArrayList<>();

    MirroredTable(MySqlServer server, String database, String name) throws SQLException {
        try (Connection connection = server.connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute("SET character_set_results = NULL, time_zone = '+00:00'");
            TableId id = new TableId("commerce", name);
            List<Column> columns = columns(statement, database, name);
            List<Integer> key = new ArrayList<>();
            List<String> keyNames = new ArrayList<>();
            try (ResultSet keys = statement.executeQuery("SHOW KEYS FROM `" + name + "` WHERE Key_name = 'PRIMARY'")) {
                while (keys.next()) {
                    String column = keys.getString("Column_name");
                    keyNames.add(column);
                    key.add(columns.stream().map(Column::name).toList().indexOf(column));
                }
            }
            try (ResultSet create = statement.executeQuery("SHOW CREATE TABLE `" + name + "`")) {
                create.next();
                table = new SourceTable(id, keyNames, create.getString(2));
            }
            schema = new TableSchema(id, columns, key);
            try (ResultSet result = statement.executeQuery("SELECT * FROM `" + name + "`")) {
                while (result.next()) {
                    byte[] @Nullable [] values = new byte[columns.size()] @Nullable [];
                    for (int i = 0; i < values.length; i++) {
                        values[i] = result.getBytes(i + 1);
                    }
                    rows.add(Row.of(values));
                }
            }
        }
    }

    private static List<Column> columns(Statement statement, String database, String name) throws SQLException {
        List<Column> columns = new ArrayList<>();
        try (ResultSet described = statement.executeQuery(
                "SELECT COLUMN_NAME, COLUMN_TYPE, CHARACTER_SET_NAME, DATA_TYPE FROM information_schema.COLUMNS"
                        + " WHERE TABLE_SCHEMA = '" + database + "' AND TABLE_NAME = '" + name
                        + "' ORDER BY ORDINAL_POSITION")) {
            while (described.next()) {
                String charset = described.getString(3);
                boolean binary = described
                        .getString(4)
                        .matches(".*blob|.*binary|bit|geometry|point|linestring|polygon|multi.*|geom.*");
                columns.add(new Column(
                        described.getString(1),
                        described.getString(2),
                        binary ? null : Charset.forName(charset == null ? "UTF-8" : CHARSETS.get(charset)),
                        described.getString(4).matches(".*char|.*text") ? String.valueOf(charset) : ""));
            }
        }
        return columns;
    }

    ChangeRecord[] creates() {
        return rows.stream()
                .map(row -> new ChangeRecord(schema, Operation.CREATE, null, row))
                .toArray(ChangeRecord[]::new);
    }

    ChangeRecord[] deletes() {
        return rows.stream()
                .map(row -> new ChangeRecord(schema, Operation.DELETE, row, null))
                .toArray(ChangeRecord[]::new);
    }
}
