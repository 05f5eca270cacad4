package dev.tributary.source.vitess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.config.ConnectionUrl;
import dev.tributary.record.PipelineException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TableFilterTest {
    private static TableFilter filter(String tables, String exclude) {
        return filter(tables, exclude, "");
    }

    private static TableFilter filter(String tables, String exclude, String keyspace) {
        String query = "?tables=" + encode(tables) + "&exclude=" + encode(exclude);
        return new TableFilter(
                ConnectionUrl.parse("TRIBUTARY_SOURCE", "vitess://gate:1/commerce" + query, Optional.empty()),
                keyspace);
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Test
    void ofSeveralKeyspacesANameMayBeOfOneAlone() {
        TableFilter filter = filter("orders,customer.notes,/log.*/", "commerce.orders,logs", "commerce");
        assertThat(filter.selects("orders")).isFalse();
        assertThat(filter.selects("notes")).isFalse();
        assertThat(filter.selects("log")).isTrue();
        assertThat(filter.selects("logs")).isFalse();
        assertThat(filter.exactNames()).isEmpty();

        TableFilter other = filter("orders,customer.notes", "commerce.orders", "customer");
        assertThat(other.selects("orders")).isTrue();
        assertThat(other.selects("notes")).isTrue();
        assertThat(other.exactNames()).as("whichever keyspace has it").isEmpty();
        assertThat(filter("customer.notes", "", "commerce").selects("notes"))
                .as("nothing is named of this one")
                .isFalse();
    }

    @Test
    void selectsEverythingWhereNothingIsSaid() {
        assertThat(filter("", "").selects("orders")).isTrue();
        assertThat(filter("", "").isOpen()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"orders,true", "items,true", "customers,false", "orders2,false", "ORDERS,false"})
    void selectsByExactName(String table, boolean selected) {
        TableFilter filter = filter("orders, items", "");

        assertThat(filter.selects(table)).isEqualTo(selected);
        assertThat(filter.exactNames()).containsExactly("orders", "items");
        assertThat(filter.isOpen()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"orders,true", "orders_2024,true", "my_orders,false", "items,true", "customers,false"})
    void aRegularExpressionMatchesTheWholeName(String table, boolean selected) {
        TableFilter filter = filter("/orders.*/,items", "");

        assertThat(filter.selects(table)).isEqualTo(selected);
        assertThat(filter.isOpen()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"orders,true", "audit,false", "tmp_1,false", "mytmp_1,true"})
    void excludes(String table, boolean selected) {
        assertThat(filter("", "audit,/tmp_.*/").selects(table)).isEqualTo(selected);
    }

    @Test
    void excludesWhatIsNamedToo() {
        assertThat(filter("orders", "/ord.*/").selects("orders")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "_vt_hld_6ace8bcef73211ea87e9f875a4d24e90_20200915120410_",
                "_vt_vrp_6ace8bcef73211ea87e9f875a4d24e90_20200915120410_",
                "_vt_prg_6ace8bcef73211ea87e9f875a4d24e90_20200915120410_",
                "_vt_HOLD_6ace8bcef73211ea87e9f875a4d24e90_20200915120410",
                "_vt_DROP_6ace8bcef73211ea87e9f875a4d24e90_20200915120410",
                "_4e5dcf80_354b_11eb_82cd_f875a4d24e90_20201203114014_vrepl",
                "_4e5dcf80_354b_11eb_82cd_f875a4d24e90_20201203114014_gho",
                "_4e5dcf80_354b_11eb_82cd_f875a4d24e90_20201203114014_del",
                "_4e5dcf80_354b_11eb_82cd_f875a4d24e90_20201203114014_new",
                "_1234_5678_vrepl",
                "_orders_gho",
                "_orders_ghc"
            })
    void vitessAndItsSchemaChangesHaveTablesOfTheirOwn(String table) {
        assertThat(filter("", "").selects(table)).isFalse();
        assertThat(filter("/.*/", "").selects(table)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"_x", "_orders", "_archive_old", "_price_new", "_to_del", "vt_orders", "orders_vrepl", "_vtx"})
    void aUsersTableMayBeginWithAnUnderscore(String table) {
        assertThat(filter("", "").selects(table)).isTrue();
    }

    /** Vitess streams no change of {@code _…_old}; the others are not read, and may be the user's all the same. */
    @ParameterizedTest
    @CsvSource({
        "_archive_old,true",
        "back`tick,true",
        "_orders_gho,true",
        "_1234_5678_vrepl,true",
        "_vt_orders,true",
        "_archive,false",
        "archive_old,false",
        "_vt_HOLD_6ace8bcef73211ea87e9f875a4d24e90_20200915120410,false",
        "_vt_hld_6ace8bcef73211ea87e9f875a4d24e90_20200915120410_,false",
        "_4e5dcf80_354b_11eb_82cd_f875a4d24e90_20201203114014_vrepl,false"
    })
    void whatIsLeftOutAndMayBeAUsersIsTold(String table, boolean told) {
        assertThat(filter("", "").isLeftOutByName(table)).isEqualTo(told);
        assertThat(filter("/.*/", "").isLeftOutByName(table)).isEqualTo(told);
        assertThat(filter("", table).isLeftOutByName(table)).isFalse();
        assertThat(filter("orders", "").isLeftOutByName(table)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"orders,,items | tables", "/ord(/ | tables", "/a{1,2}/ | tables", "// | tables", "orders/ | tables"
            })
    void aWrongListIsSaidWithItsParameter(String list, String parameter) {
        assertThatThrownBy(() -> filter(list, ""))
                .isInstanceOf(PipelineException.class)
                .hasMessageStartingWith("TRIBUTARY_SOURCE: ")
                .hasMessageContaining("'" + parameter + "'");
        assertThatThrownBy(() -> filter("", list)).hasMessageContaining("'exclude'");
    }
}
