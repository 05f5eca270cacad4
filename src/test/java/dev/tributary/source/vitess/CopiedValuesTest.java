package dev.tributary.source.vitess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import binlogdata.Binlogdata.FieldEvent;
import dev.tributary.record.PipelineException;
import dev.tributary.record.Row;
import dev.tributary.record.SourceTable;
import dev.tributary.record.TableId;
import dev.tributary.servers.MySqlServer;
import dev.tributary.servers.SharedServers;
import io.vitess.proto.Query.Field;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CopiedValuesTest {
    private static final SourceTable TABLE = new SourceTable(new TableId("commerce", "t"), List.of(), "");

    private static CopiedValues values(String type, int collation) {
        return CopiedValues.of(
                TABLE,
                FieldEvent.newBuilder()
                        .addFields(Field.newBuilder()
                                .setName("v")
                                .setColumnType(type)
                                .setCharset(collation))
                        .build());
    }

    private static String read(CopiedValues values, byte[] copied) {
        return new String(Objects.requireNonNull(values.read(Row.of(copied)).value(0)), StandardCharsets.UTF_8);
    }

    @Test
    void everyFloatIsReadAsTheOneThatAServerWasAskedFor() throws Exception {
        CopiedValues floats = values("float", 63);
        MySqlServer server = SharedServers.mysql();
        server.execute(
                "DROP DATABASE IF EXISTS exact_floats",
                "CREATE DATABASE exact_floats",
                "CREATE TABLE exact_floats.f (id INT PRIMARY KEY, f FLOAT)");
        List<Float> numbers = new ArrayList<>(List.of(
                0f,
                -0f,
                Float.MAX_VALUE,
                -Float.MAX_VALUE,
                Float.MIN_VALUE,
                Float.MIN_NORMAL,
                16777216f,
                16777215f,
                0.1f,
                9.9999994f,
                9.999999E9f,
                1E10f,
                Math.nextDown(1E-10f)));
        Random random = new Random(1);
        while (numbers.size() < 20_000) {
            float number = Float.intBitsToFloat(random.nextInt());
            if (Float.isFinite(number)) {
                numbers.add(number);
            }
        }
        try (Connection connection = server.connect("exact_floats")) {
            connection.setAutoCommit(false);
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO f VALUES (?, ?)")) {
                for (int i = 0; i < numbers.size(); i++) {
                    insert.setInt(1, i);
                    // as a double it is the same number, and as text it keeps the sign of zero
                    insert.setString(2, Double.toString(numbers.get(i)));
                    insert.addBatch();
                }
                insert.executeBatch();
            }
            connection.commit();
            String sql = "SELECT " + ExactFloats.column("f", "float") + " FROM f ORDER BY id";
            try (ResultSet result = connection.createStatement().executeQuery(sql)) {
                for (Float number : numbers) {
                    assertThat(result.next()).isTrue();
                    String read = read(floats, result.getBytes(1));
                    assertThat(Float.floatToIntBits(Float.parseFloat(read)))
                            .as("%s came as %s and is %s", number, result.getString(1), read)
                            .isEqualTo(Float.floatToIntBits(number));
                }
            }
        }
    }

    @Test
    void aFloatThatIsShownInAnotherWayIsNotTaken() {
        assertThatThrownBy(() -> read(values("float", 63), "1.5".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(PipelineException.class)
                .hasMessageContaining("commerce.t");
    }

    @Test
    void membersAreReadInTheirColumnsCharset() {
        assertThat(read(values("enum('a','\u00e9')", 8), new byte[] {(byte) 0xE9}))
                .isEqualTo("\u00e9");
        assertThat(read(values("set('a','\u6f22')", 28), "\u6f22".getBytes(Charset.forName("GBK"))))
                .isEqualTo("\u6f22");
        assertThatThrownBy(() -> values("enum('a')", 10)).hasMessageContaining("charset");
    }

    @Test
    void otherValuesStayWhatTheyAre() {
        Row row = Row.of(new byte[] {(byte) 0xE9});

        assertThat(values("varchar(9)", 8).read(row)).isSameAs(row);
    }
}
