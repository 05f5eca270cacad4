package dev.tributary.sink.mysql;

import static dev.tributary.sink.mysql.TargetFixture.failure;
import static dev.tributary.sink.mysql.TargetFixture.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.record.SourceTable;
import dev.tributary.record.TableId;
import dev.tributary.servers.MySqlServer;
import dev.tributary.servers.SharedServers;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What MySQL shows of its tables is made in a real MariaDB, and its own check finds nothing wrong with it. */
class MariaDbTableTest {
    private final MySqlServer mysql = SharedServers.mysql();
    private Vertx vertx;
    private TargetFixture target;

    @BeforeEach
    void open() throws Exception {
        vertx = Vertx.vertx();
        target = TargetFixture.open(SharedServers.mariaDb(), vertx);
        mysql.execute("DROP DATABASE IF EXISTS mariadb_source", "CREATE DATABASE mariadb_source");
    }

    @AfterEach
    void close() {
        target.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private SourceTable source(String table, List<String> key, String definition) throws Exception {
        mysql.execute("CREATE TABLE mariadb_source." + table + " (" + definition + ") CHARACTER SET utf8mb4");
        String shown = String.valueOf(mysql.query("SHOW CREATE TABLE mariadb_source." + table)
                .getFirst()
                .get(1));
        return new SourceTable(new TableId("commerce", table), key, shown);
    }

    @Test
    void whatOnlyMySqlKnowsIsMappedOrLeftOut() throws Exception {
        SourceTable odd = source("odd", List.of("id"), """
                id int NOT NULL AUTO_INCREMENT, z int(5) unsigned zerofill, b bit(8) DEFAULT b'101',
                j json, jj json DEFAULT (JSON_OBJECT('a', 1)), t text DEFAULT ('x'), u varchar(36) DEFAULT (uuid()),
                g int GENERATED ALWAYS AS (z + 1) VIRTUAL NOT NULL COMMENT 'NOT NULL',
                h int GENERATED ALWAYS AS (z + 1) STORED NOT NULL,
                a varchar(50) GENERATED ALWAYS AS (j ->> '$.a') VIRTUAL,
                ts timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
                p point NOT NULL SRID 4326, c geometrycollection, l varchar(10) CHARACTER SET utf8 COLLATE utf8_bin,
                e enum('a', 'b''c (') COLLATE utf8mb4_ru_0900_ai_ci, vc varchar(20) COMMENT 'it''s -- , ( ü',
                PRIMARY KEY (id DESC), UNIQUE KEY (vc(5)), UNIQUE KEY (e), KEY (z DESC), SPATIAL KEY (p),
                FULLTEXT KEY ft (t) WITH PARSER ngram, KEY fi ((upper(vc))), UNIQUE KEY uf (z, (lower(vc))),
                KEY unseen (z) INVISIBLE""");

        target.prepare(odd);

        assertThat(target.query("SELECT column_name, column_type, collation_name FROM information_schema.columns"
                        + " WHERE table_schema = '" + target.database + "' AND table_name = 'odd'"
                        + " AND column_name IN ('j', 't', 'c', 'l', 'e', 'vc') ORDER BY ordinal_position"))
                .containsExactly(
                        row("j", "longtext", "utf8mb4_bin"),
                        row("t", "text", "utf8mb4_0900_ai_ci"),
                        row("c", "geometrycollection", null),
                        row("l", "varchar(10)", "utf8mb3_bin"),
                        row("e", "enum('a','b''c (')", "utf8mb4_nopad_bin"),
                        row("vc", "varchar(20)", "utf8mb4_nopad_bin"));
        assertThat(target.query("SELECT DISTINCT index_name FROM information_schema.statistics WHERE table_schema = '"
                        + target.database + "' AND table_name = 'odd' ORDER BY index_name"))
                .containsExactly(row("e"), row("ft"), row("p"), row("PRIMARY"), row("unseen"), row("vc"), row("z"));
    }

    @Test
    void anEnumMayHaveThousandsOfMembers() throws Exception {
        String members = IntStream.range(0, 5_000).mapToObj(i -> "'m" + i + "'").collect(Collectors.joining(","));

        target.prepare(source("many", List.of("id"), "id int NOT NULL PRIMARY KEY, e enum(" + members + ")"));

        assertThat(target.query("SELECT column_type FROM information_schema.columns WHERE table_schema = '"
                        + target.database + "' AND table_name = 'many' AND column_name = 'e'"))
                .containsExactly(row("enum(" + members + ")"));
    }

    @Test
    void everyCollationOfMySqlHasItsPlace() throws Exception {
        StringBuilder columns = new StringBuilder("id int PRIMARY KEY");
        List<String> collations = mysql
                .query("SELECT collation_name FROM information_schema.collations WHERE character_set_name NOT IN"
                        + " ('binary', 'gb18030') AND collation_name NOT LIKE '%tolower_ci' ORDER BY id")
                .stream()
                .map(found -> String.valueOf(found.getFirst()))
                .toList();
        for (String collation : collations) {
            columns.append(", c_").append(collation).append(" varchar(5) CHARACTER SET ");
            columns.append(collation.replaceFirst("_.*", ""))
                    .append(" COLLATE ")
                    .append(collation);
        }
        target.prepare(source("collations", List.of("id"), columns.toString()));

        assertThat(target.query("SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = '"
                        + target.database + "' AND table_name = 'collations'"))
                .containsExactly(row(String.valueOf(collations.size() + 1)));
    }

    @Test
    void aCharsetThatMariaDbDoesNotHaveIsRefusedByName() throws Exception {
        SourceTable chinese = source(
                "chinese", List.of("id"), "id int PRIMARY KEY, name varchar(20) CHARACTER SET gb18030 DEFAULT NULL");

        assertThat(failure(target.sink.prepare(target.router.targetsOf(List.of(chinese)))))
                .hasMessageContaining("table chinese: column name has character set gb18030")
                .hasMessageContaining("utf8mb4");
    }

    @Test
    void aPrimaryKeyOfAGeneratedColumnIsRefusedByName() throws Exception {
        SourceTable keyed = source(
                "keyed",
                List.of("k"),
                "a int DEFAULT NULL, k int GENERATED ALWAYS AS ((`a` * 2)) STORED NOT NULL, PRIMARY KEY (k)");

        assertThat(failure(target.sink.prepare(target.router.targetsOf(List.of(keyed)))))
                .hasMessageContaining("table keyed: column k is generated and in the primary key")
                .hasMessageContaining("ordinary column");
    }
}
