package dev.tributary.diff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.diff.TableInfo.Column;
import dev.tributary.diff.TableInfo.Index;
import dev.tributary.diff.item.Item;
import dev.tributary.diff.item.JsonText;
import dev.tributary.diff.item.Value;
import java.math.BigDecimal;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What columns' values are in items, by the README's rule. */
class ItemValuesTest {
    private static ItemValues of(String declared) {
        return of(declared, false);
    }

    private static ItemValues of(String declared, boolean jsonMaps) {
        String type = declared.replaceFirst("[( ].*", "");
        boolean text = List.of("varchar", "char", "text", "enum", "set").contains(type);
        return new ItemValues(
                new Column("c", type, declared, true, text ? "latin1" : null, text ? "latin1_swedish_ci" : null, false),
                jsonMaps);
    }

    private static Value number(String digits) {
        return Value.number(new BigDecimal(digits));
    }

    @ParameterizedTest
    @CsvSource({
        "bigint unsigned,18446744073709551615,18446744073709551615",
        "'decimal(12,2)',-0.50,-0.5",
        "year,0000,0",
        "float,0.10000000149011612,0.1",
        "float,16777216,16777216",
        "double,0.1,0.1",
        "double,1e-130,1E-130"
    })
    void numbersAreNumbers(String type, String text, String number) {
        assertThat(of(type).value(text)).isEqualTo(number(number));
    }

    @ParameterizedTest
    @CsvSource({
        "'decimal(65,2)',123456789012345678901234567890123456789.50,123456789012345678901234567890123456789.50",
        "double,-0,-0",
        "double,1e300,1E+300",
        "float,-0,-0",
        "date,0000-00-00,0000-00-00",
        "varchar(10),5,5"
    })
    void whatNoNumberHoldsAndWhatIsNoneIsAText(String type, String text, String expected) {
        assertThat(of(type).value(text)).isEqualTo(new Value.Text(expected));
        assertThat(of(type).found(new Value.Text(expected))).isEqualTo(of(type).value(text));
    }

    @Test
    void bytesAreBytesAndBitsHaveTheirWidth() {
        assertThat(of("varbinary(9)").value("00FF")).isEqualTo(new Value.Bytes("AP8="));
        assertThat(of("bit(9)").value("1")).isEqualTo(new Value.Bytes("AAE="));
        assertThat(of("bit(1)").value("1")).isEqualTo(new Value.Bytes("AQ=="));
    }

    @Test
    void documentsAreComparedAsDocumentsWhateverTheirText() {
        ItemValues doc = of("json");
        assertThat(doc.value("{\"a\": 1.50, \"b\": [true]}"))
                .isEqualTo(doc.found(new Value.Text("{\"b\":[true],\"a\":15e-1}")));
        assertThat(doc.value("-0.0")).isNotEqualTo(doc.found(new Value.Text("0")));
        assertThat(doc.value("\"1\"")).isNotEqualTo(doc.found(new Value.Text("1")));
        assertThat(doc.found(number("1"))).isNotEqualTo(doc.value("1"));
    }

    @Test
    void documentsAreMapsAndListsWhereThatIsWantedAndTheyHoldThem() {
        ItemValues doc = of("json", true);
        Value json = JsonText.parse("{\"a\": [1, \"x\", null]}").orElseThrow();
        assertThat(doc.value("{\"a\": [1, \"x\", null]}")).isEqualTo(json);
        assertThat(doc.value("\"x\"")).isEqualTo(new Value.Text("x"));
        String deep = "[".repeat(32) + "1" + "]".repeat(32);
        for (String text : List.of("{\"a\": -0.0}", "[1e200]", "{\"\": 1}", deep)) {
            assertThat(doc.value(text)).as(text).isEqualTo(doc.found(new Value.Text(text)));
            assertThat(doc.value(text)).as(text).isInstanceOf(Value.Document.class);
        }
        // a text that is a document by chance
        assertThat(doc.value("\"[1]\"")).isEqualTo(new Value.Text("[1]"));
        assertThat(doc.found(new Value.Text("[1]"))).isEqualTo(new Value.Text("[1]"));
        assertThat(doc.value("[1]")).isNotEqualTo(doc.found(new Value.Text("[1]")));
    }

    @Test
    void keysOfSeveralColumnsAreTextsOfOneAttribute() {
        TableInfo table = new TableInfo(
                "t",
                List.of(
                        column("a", "bigint", "bigint"),
                        column("b", "decimal", "decimal(8,3)"),
                        column("c", "varbinary", "varbinary(4)")),
                List.of(new Index("PRIMARY", true, List.of("a", "b", "c"))),
                0,
                0);
        RowItems rows = new RowItems(table, false);
        assertThat(rows.keyAttributes()).hasToString("[a (N), _key (S)]");
        assertThat(rows.condition(List.of(number("7"), new Value.Text("[\"1.5\",\"AP8=\"]"))))
                .contains("`a` = 7 AND `b` = 1.5 AND `c` = X'00ff'");
        for (String none : List.of("", "x", "[]", "[\"1.5\"]", "[\"x\",\"AP8=\"]", "[\"1.5\",\"?\"]", "{\"a\":1}")) {
            assertThat(rows.condition(List.of(number("7"), new Value.Text(none))))
                    .as(none)
                    .isEmpty();
        }
        Item item = new Item(List.of(number("7"), new Value.Text("x")), new TreeMap<>());
        assertThat(rows.found(item)).isEqualTo(item);
    }

    private static Column column(String name, String type, String declared) {
        return new Column(name, type, declared, false, null, null, false);
    }

    @Test
    void aTextOfAKeyIsLookedForInItsColumnsCharset() {
        assertThat(of("varchar(10)").literal(new Value.Text("é'")))
                .contains("CONVERT(_utf8mb4 X'c3a927' USING latin1) COLLATE latin1_swedish_ci");
        assertThat(of("bigint").literal(new Value.Text("1 OR 1"))).isEmpty();
        assertThat(of("bigint").literal(new Value.Odd("1"))).isEmpty();
    }
}
