package dev.tributary.sink.mysql;

import static dev.tributary.sink.mysql.TargetFixture.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.SourceTable;
import dev.tributary.record.TableId;
import dev.tributary.servers.MySqlServer;
import dev.tributary.servers.SharedServers;
import io.vertx.core.Vertx;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every pair of types is a column of two real tables: one as a source has it, one as a user made it at the target. */
class ColumnFitTest {
    private static final Vertx VERTX = Vertx.vertx();

    /** What a column of the first type has, one of the second holds. */
    private static final String[][] HELD = {
        {"tinyint", "tinyint(1)"},
        {"int(11)", "int"},
        {"int(5) unsigned zerofill", "int unsigned"},
        {"tinyint unsigned", "smallint"},
        {"int", "bigint"},
        {"bigint unsigned", "decimal(20,0)"},
        {"bigint", "decimal(30,5)"},
        {"boolean", "tinyint"},
        {"decimal", "decimal(10,0)"},
        {"decimal(10,2) unsigned", "decimal(12,4)"},
        {"float", "double"},
        {"float(7,3)", "float"},
        {"double unsigned", "double"},
        {"bit(3)", "bit(8)"},
        {"year", "year(4)"},
        {"date", "datetime"},
        {"datetime", "datetime(6)"},
        {"timestamp(3) NULL", "timestamp(6) NULL"},
        {"time", "time(1)"},
        {"char(10)", "varchar(10)"},
        {"varchar(20)", "varchar(50)"},
        {"varchar(20)", "tinytext"},
        {"varchar(200)", "text"},
        {"text", "mediumtext"},
        {"tinytext", "varchar(255)"},
        {"varchar(20) CHARACTER SET utf8", "varchar(20) CHARACTER SET utf8mb4"},
        {"varchar(20) CHARACTER SET latin1", "varchar(20) CHARACTER SET utf8mb4"},
        {"text CHARACTER SET utf8", "text CHARACTER SET utf8mb4"},
        {"varchar(20) CHARACTER SET ascii", "varchar(20) CHARACTER SET latin1"},
        {"varchar(9) COLLATE utf8mb4_bin", "varchar(9) COLLATE utf8mb4_general_ci"},
        {"enum('a','b''c')", "enum('x','b''c','a')"},
        {"enum('a','bb')", "varchar(2)"},
        {"set('a','b')", "set('a','x','b')"},
        {"set('a','b')", "char(3)"},
        {"binary(3)", "varbinary(3)"},
        {"varbinary(10)", "blob"},
        {"blob", "longblob"},
        {"json", "json"},
        {"json", "longtext"},
        {"point", "geometry"},
        {"int NOT NULL", "int"},
    };

    /** Here some value would be cut, rounded, refused or shown otherwise. */
    private static final String[][] NOT_HELD = {
        {"int", "int unsigned"},
        {"int unsigned", "int"},
        {"bigint", "int"},
        {"bigint unsigned", "decimal(19,0)"},
        {"int", "varchar(20)"},
        {"int", "double"},
        {"decimal(10,2)", "decimal(10,4)"},
        {"decimal(10,2)", "decimal(10,1)"},
        {"decimal(10,2)", "decimal(10,2) unsigned"},
        {"decimal(10,2)", "double"},
        {"double", "float"},
        {"double", "double(10,2)"},
        {"bit(8)", "bit(3)"},
        {"date", "timestamp NULL"},
        {"datetime(6)", "datetime"},
        {"datetime", "timestamp NULL"},
        {"timestamp NULL", "datetime"},
        {"time(3)", "time"},
        {"datetime", "date"},
        {"varchar(50)", "varchar(20)"},
        {"varchar(10)", "char(10)"},
        {"varchar(100)", "tinytext"},
        {"text", "varchar(1000)"},
        {"mediumtext", "text"},
        {"text CHARACTER SET latin1", "text CHARACTER SET utf8mb4"},
        {"varchar(20)", "varchar(20) CHARACTER SET latin1"},
        {"varchar(20) CHARACTER SET utf8mb4", "varchar(20) CHARACTER SET utf8"},
        {"varchar(20)", "varbinary(80)"},
        {"enum('a','b')", "enum('a')"},
        {"enum('a','b')", "set('a','b')"},
        {"set('a','b')", "set('b','a')"},
        {"set('a','bb')", "varchar(3)"},
        {"binary(3)", "binary(4)"},
        {"varbinary(3)", "binary(3)"},
        {"blob", "text"},
        {"longblob", "blob"},
        {"json", "text"},
        {"json", "varchar(1000)"},
        {"geometry", "point"},
        {"int", "int NOT NULL"},
    };

    private enum Server {
        MYSQL,
        MARIADB
    }

    @AfterAll
    static void close() {
        VERTX.close().toCompletionStage().toCompletableFuture().join();
    }

    private static MySqlServer of(Server server) {
        return server == Server.MYSQL ? SharedServers.mysql() : SharedServers.mariaDb();
    }

    @ParameterizedTest
    @EnumSource
    void aTypeThatHoldsEveryValueIsAccepted(Server server) throws Exception {
        try (TargetFixture target = TargetFixture.open(of(server), VERTX)) {
            SourceTable source = tables(target, HELD);

            target.prepare(source);

            assertThat(target.query("SELECT COUNT(*) FROM held")).containsExactly(List.of("0"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void allThatDoNotAreToldInOneLine(Server server) throws Exception {
        try (TargetFixture target = TargetFixture.open(of(server), VERTX)) {
            SourceTable source = tables(target, NOT_HELD);

            PipelineException refusal = failure(target.sink.prepare(target.router.targetsOf(List.of(source))));

            assertThat(refusal.kind()).isEqualTo(Kind.FATAL);
            for (int i = 0; i < NOT_HELD.length; i++) {
                assertThat(refusal).hasMessageContaining("table held: column c" + i + " is ");
            }
            assertThat(refusal)
                    .hasMessageContaining("column c19 is varchar(20) at the target, varchar(50) at the source; ")
                    .hasMessageContaining("varchar(20) character set latin1 at the target")
                    .hasMessageContaining("schema_check=off");
            assertThat(refusal.getMessage()).doesNotContain("\n");
        }
    }

    @ParameterizedTest
    @EnumSource
    void theCheckCanBeSwitchedOff(Server server) throws Exception {
        try (TargetFixture target = TargetFixture.open(of(server), VERTX);
                TargetFixture unchecked = TargetFixture.on(
                        target.server, VERTX, target.database, "&schema_check=off", Optional.empty())) {
            SourceTable source = tables(target, NOT_HELD);

            unchecked.prepare(source);

            assertThat(unchecked.query("SELECT COUNT(*) FROM held")).containsExactly(List.of("0"));
        }
    }

    /** A key in a coarser collation would make one of two rows. */
    @ParameterizedTest
    @EnumSource
    void aKeysCollationMustTellApartWhatTheSourcesDoes(Server server) throws Exception {
        String[][] keys = {
            {"utf8mb4_bin", "utf8mb4_general_ci", "coarser"},
            {"utf8mb4_0900_as_cs", "utf8mb4_0900_ai_ci", "coarser"},
            {"utf8mb4_0900_ai_ci", "utf8mb4_bin", "coarser"},
            {"utf8mb4_general_ci", "utf8mb4_unicode_ci", "coarser"},
            {"utf8mb4_0900_ai_ci", "utf8mb4_0900_as_cs", server == Server.MYSQL ? "" : "coarser"},
            {"utf8mb4_0900_ai_ci", "utf8mb4_0900_ai_ci", server == Server.MYSQL ? "" : "coarser"},
            {"utf8mb4_general_ci", "utf8mb4_general_ci", ""},
            {"utf8mb4_general_ci", "utf8mb4_bin", ""},
            {"utf8mb4_unicode_520_ci", "utf8mb4_unicode_520_ci", ""},
        };
        try (TargetFixture target = TargetFixture.open(of(server), VERTX)) {
            for (int i = 0; i < keys.length; i++) {
                String table = "k" + i;
                target.execute("CREATE TABLE " + table + " (k varchar(20) COLLATE " + keys[i][1]
                        + " NOT NULL PRIMARY KEY) CHARACTER SET utf8mb4");
                SourceTable source = source(table, List.of("k"), "k varchar(20) COLLATE " + keys[i][0] + " NOT NULL");

                PipelineException refusal = failure(target.sink.prepare(target.router.targetsOf(List.of(source))));

                if (keys[i][2].isEmpty()) {
                    assertThat(refusal).as(keys[i][0] + " into " + keys[i][1]).isNull();
                } else {
                    assertThat(refusal)
                            .as(keys[i][0] + " into " + keys[i][1])
                            .hasMessageContaining(keys[i][1])
                            .hasMessageContaining(keys[i][0]);
                }
            }
        }
    }

    /** Makes the target's table, and returns the source's. */
    private static SourceTable tables(TargetFixture target, String[][] pairs) throws SQLException {
        List<String> ours = new ArrayList<>();
        List<String> theirs = new ArrayList<>();
        for (int i = 0; i < pairs.length; i++) {
            theirs.add("c" + i + " " + pairs[i][0]);
            ours.add("c" + i + " " + pairs[i][1]);
        }
        target.execute("CREATE TABLE held (" + String.join(", ", ours) + ") CHARACTER SET utf8mb4");
        return source("held", List.of(), String.join(", ", theirs));
    }

    /** As the source shows it, which is a MySQL. */
    private static SourceTable source(String table, List<String> key, String columns) throws SQLException {
        MySqlServer mysql = SharedServers.mysql();
        mysql.execute(
                "CREATE DATABASE IF NOT EXISTS fit_source",
                "DROP TABLE IF EXISTS fit_source." + table,
                "CREATE TABLE fit_source." + table + " (" + columns + ") CHARACTER SET utf8mb4");
        String shown =
                mysql.query("SHOW CREATE TABLE fit_source." + table).getFirst().get(1);
        return new SourceTable(new TableId("commerce", table), key, String.valueOf(shown));
    }
}
