package dev.tributary.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import io.vertx.mysqlclient.MySQLException;
import io.vertx.sqlclient.ClosedConnectionException;
import org.junit.jupiter.api.Test;

class MySqlErrorsTest {
    private static PipelineException of(int code, String state, String message) {
        return MySqlErrors.of("table t", new MySQLException(message, code, state));
    }

    @Test
    void valuesAreNotRepeated() {
        for (PipelineException error : new PipelineException[] {
            of(1062, "23000", "Duplicate entry 'geheim' for key 'by_mail'"),
            of(1062, "23000", "Duplicate entry 'geheim' for key 'x' for key 'users.by_mail'"),
            of(1406, "22001", "Data too long for column 'c' at row 1 geheim"),
            of(1366, "HY000", "Incorrect string value: 'geheim for column 'x'' for column 'c' at row 1"),
            of(1292, "22007", "Incorrect datetime value: 'geheim' for column 'c' at row 1"),
            of(1265, "01000", "Data truncated for column 'c' at row 1 geheim"),
            of(3140, "22032", "Invalid JSON text: \"geheim\" at position 0 in value for column 't.c'."),
            of(4711, "HY000", "something about geheim"),
            of(
                    1054,
                    "42S22",
                    "Unknown column 'c' in 'field list' (errno 1054) during query: insert into t values ('geheim')"),
        }) {
            assertThat(error)
                    .hasMessageNotContaining("geheim")
                    .hasMessageStartingWith("table t: MySQL error ")
                    .hasNoCause();
            assertThat(error.kind()).isEqualTo(Kind.FATAL);
        }
        assertThat(of(1062, "23000", "Duplicate entry 'a' for key 'users.by_mail'"))
                .hasMessage("table t: MySQL error 1062: duplicate entry for key users.by_mail");
        assertThat(of(1406, "22001", "Data too long for column 'c' at row 1"))
                .hasMessage("table t: MySQL error 1406: value too long for column c");
    }

    @Test
    void whatMayBeOverByItselfIsTransient() {
        for (int code : new int[] {1205, 1213, 1040, 1053, 1290, 1836, 2006, 2013, 1317, 1927, 3024}) {
            assertThat(of(code, "HY000", "some words").kind()).as("%s", code).isEqualTo(Kind.TRANSIENT);
        }
        assertThat(MySqlErrors.of("t", ClosedConnectionException.INSTANCE).kind())
                .isEqualTo(Kind.TRANSIENT);
        assertThat(of(
                                1105,
                                "HY000",
                                "target: ks.-80.primary: vttablet: rpc error: code = Unavailable desc = connection refused")
                        .kind())
                .isEqualTo(Kind.TRANSIENT);
    }

    @Test
    void whatNeedsAHandIsFatal() {
        for (int code : new int[] {1062, 1406, 1264, 1142, 1044, 1045, 1146, 1064, 1105, 1153}) {
            assertThat(of(code, "HY000", "some words").kind()).as("%s", code).isEqualTo(Kind.FATAL);
        }
        assertThat(of(1142, "42000", "INSERT command denied to user 'u'@'h' for table 't'"))
                .hasMessageContaining("INSERT command denied to user 'u'@'h'");
    }

    @Test
    void aKnownFailureStaysAsItIs() {
        PipelineException known = new PipelineException(Kind.FENCED, "fenced");

        assertThat(MySqlErrors.of("x", known)).isSameAs(known);
    }

    @Test
    void onlyDeadlockAndLockWaitAreConflicts() {
        assertThat(MySqlErrors.isConflict(new MySQLException("", 1213, "40001")))
                .isTrue();
        assertThat(MySqlErrors.isConflict(new MySQLException("", 1205, "HY000")))
                .isTrue();
        assertThat(MySqlErrors.isConflict(new MySQLException("", 1062, "23000")))
                .isFalse();
        assertThat(MySqlErrors.isConflict(ClosedConnectionException.INSTANCE)).isFalse();
    }
}
