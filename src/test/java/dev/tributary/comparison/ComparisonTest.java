package dev.tributary.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.comparison.Report.TableReport;
import dev.tributary.servers.MySqlServer;
import dev.tributary.servers.SharedServers;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static final List<String> DATABASES = List.of("compared_left", "compared_right", "compared_target");

    private final MySqlServer server = SharedServers.mysql();

    @BeforeEach
    void makeDatabases() throws SQLException {
        for (String database : DATABASES) {
            server.execute("DROP DATABASE IF EXISTS " + database, "CREATE DATABASE " + database);
        }
    }

    @Test
    void rowsOfAllShardsAreMergedInTheOrderOfTheirKeys() throws Exception {
        everywhere("CREATE TABLE %s.n (a INT, b BIGINT UNSIGNED, v TEXT, PRIMARY KEY (a, b))");
        left("INSERT INTO %s.n VALUES (-5, 1, 'x'), (9, 18446744073709551615, NULL), (10, 0, '')");
        right("INSERT INTO %s.n VALUES (-5, 2, 'y'), (9, 3, 'z')");
        target("INSERT INTO %s.n VALUES (-5,1,'x'),(-5,2,'y'),(9,3,'z'),(9,18446744073709551615,NULL),(10,0,'')");

        Report report = compare();

        assertThat(report.isEqual()).as(report.toString()).isTrue();
        assertThat(report.summary()).isEqualTo("1 tables, 5 rows, equal");
    }

    @Test
    void tellsWhatIsMissingWhatIsTooMuchAndWhatIsChanged() throws Exception {
        everywhere("CREATE TABLE %s.t (k VARCHAR(20) PRIMARY KEY, v DECIMAL(3,1), w FLOAT)");
        left("INSERT INTO %s.t VALUES ('a', 1, 1), ('b', 0.1, 16777216), ('c', NULL, NULL)");
        target("INSERT INTO %s.t VALUES ('B', 0.1, 16777216), ('c', 0, NULL), ('d', 1, 1)");

        TableReport report = compare().tables().getFirst();

        assertThat(report.differences()).isEqualTo(5);
        assertThat(report.shown())
                .extracting(Difference::what)
                .containsExactlyInAnyOrder(
                        "missing at the target",
                        "missing at the target",
                        "only at the target",
                        "only at the target",
                        "v is 0.0 and should be NULL");
    }

    @Test
    void aFloatThatLostDigitsIsAnotherOne() throws Exception {
        everywhere("CREATE TABLE %s.f (k INT PRIMARY KEY, w FLOAT)");
        left("INSERT INTO %s.f VALUES (1, 16777216)");
        target("INSERT INTO %s.f VALUES (1, 16777200)");

        assertThat(compare().isEqual()).isFalse();
    }

    @Test
    void equalRowsWithoutAKeyAreCounted() throws Exception {
        everywhere("CREATE TABLE %s.log (a INT, b VARCHAR(20))");
        left("INSERT INTO %s.log VALUES (1, 'x'), (1, 'x'), (2, NULL)");
        right("INSERT INTO %s.log VALUES (1, 'x')");
        target("INSERT INTO %s.log VALUES (1, 'x'), (1, 'x'), (2, NULL), (2, 'NULL')");

        TableReport report = compare().tables().getFirst();

        assertThat(report.differences()).isEqualTo(2);
        assertThat(report.sourceRows()).isEqualTo(4);
        assertThat(report.targetRows()).isEqualTo(4);
    }

    @Test
    void aTableThatIsMissingDiffers() throws Exception {
        left("CREATE TABLE %s.t (k INT)");
        right("CREATE TABLE %s.t (k INT)");

        assertThat(compare().toString()).contains("the table is missing at the target");
    }

    private Report compare() throws SQLException {
        return new Comparison(
                        List.of(new Database(server, DATABASES.get(0)), new Database(server, DATABASES.get(1))),
                        new Database(server, DATABASES.get(2)))
                .run();
    }

    private void everywhere(String sql) throws SQLException {
        left(sql);
        right(sql);
        target(sql);
    }

    private void left(String sql) throws SQLException {
        server.execute(sql.formatted(DATABASES.get(0)));
    }

    private void right(String sql) throws SQLException {
        server.execute(sql.formatted(DATABASES.get(1)));
    }

    private void target(String sql) throws SQLException {
        server.execute(sql.formatted(DATABASES.get(2)));
    }
}
