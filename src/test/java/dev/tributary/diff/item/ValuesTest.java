package dev.tributary.diff.item;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Values are equal exactly where they are, and so are their digests. */
class ValuesTest {
    private static Value number(String digits) {
        return Value.number(new BigDecimal(digits));
    }

    private static Value members(char kind, String... members) {
        return new Value.Members(kind, new TreeSet<>(List.of(members)));
    }

    private static Value json(String text) {
        return JsonText.parse(text).orElseThrow();
    }

    private static Value typed(String text) {
        return TypedDocument.value(json(text));
    }

    private static Item item(Map<String, Value> attributes) {
        return new Item(List.of(new Value.Text("k")), new TreeMap<>(attributes));
    }

    private static String text(Value value) {
        StringBuilder text = new StringBuilder();
        value.write(text);
        return text.toString();
    }

    @ParameterizedTest
    @CsvSource({"1,1.0", "100,1E+2", "0,-0.00", "1E-130,0.1E-129", "-1.50,-1.5"})
    void numbersAreEqualByWhatTheyAre(String one, String other) {
        assertThat(number(one)).isEqualTo(number(other));
        assertThat(text(number(one))).isEqualTo(text(number(other)));
    }

    /** None of these is another, or begins as another does, beside it. */
    @Test
    void differentValuesHaveDifferentTexts() {
        List<Value> different = List.of(
                new Value.Text("1"),
                number("1"),
                number("1.00000000000000000000000000000000000001"),
                number("10"),
                new Value.Bytes("MQ=="),
                new Value.Text("MQ=="),
                new Value.Bool(true),
                new Value.Bool(false),
                new Value.Null(),
                new Value.Text(""),
                new Value.Text("0"),
                members('S', "1"),
                members('N', "1"),
                members('B', "1"),
                members('S', "1", "2"),
                members('S', "12"),
                new Value.Elements(List.of()),
                new Value.Elements(List.of(number("1"), number("2"))),
                new Value.Elements(List.of(number("2"), number("1"))),
                new Value.Elements(List.of(new Value.Elements(List.of()))),
                new Value.Entries(new TreeMap<>()),
                new Value.Entries(new TreeMap<>(Map.of("a", number("1")))),
                new Value.Entries(new TreeMap<>(Map.of("1", new Value.Text("a")))),
                new Value.Document(number("1")),
                new Value.Plain(number("1"), true),
                JsonText.NEGATIVE_ZERO,
                new Value.Odd("1"));
        Set<String> texts = new HashSet<>();
        different.forEach(
                value -> assertThat(texts.add(text(value))).as("%s", value).isTrue());
        for (String one : texts) {
            assertThat(texts).filteredOn(other -> other.startsWith(one)).containsExactly(one);
        }
        assertThat(new HashSet<>(different)).hasSize(different.size());
    }

    @Test
    void digestsAreOfKeysNamesAndValues() {
        List<Item> different = List.of(
                item(Map.of()),
                item(Map.of("a", new Value.Null())),
                item(Map.of("b", new Value.Null())),
                item(Map.of("a", new Value.Text("b=1"))),
                item(Map.of("a", new Value.Text(""), "b", new Value.Text("1"))),
                item(Map.of("a", new Value.Text("1"), "b", new Value.Text(""))),
                new Item(List.of(new Value.Text("k"), new Value.Text("")), new TreeMap<>()),
                new Item(List.of(new Value.Bytes("k")), new TreeMap<>()));
        assertThat(different.stream().map(Digest::of).distinct()).hasSize(different.size());
        assertThat(Digest.of(item(Map.of("a", members('S', "x", "y")))))
                .isEqualTo(Digest.of(item(Map.of("a", members('S', "y", "x")))));
    }

    @Test
    void typedDocumentsAreWhatTheySay() {
        assertThat(typed("{\"S\": \"1\"}")).isEqualTo(new Value.Text("1"));
        assertThat(typed("{\"N\": \"1.50\"}")).isEqualTo(number("1.5"));
        assertThat(typed("{\"N\":\"9.9999999999999999999999999999999999999E+125\"}"))
                .isEqualTo(number("9.9999999999999999999999999999999999999E+125"));
        assertThat(typed("{\"B\": \"AP8=\"}")).isEqualTo(new Value.Bytes("AP8="));
        assertThat(typed("{\"BOOL\": false}")).isEqualTo(new Value.Bool(false));
        assertThat(typed("{\"NULL\": true}")).isEqualTo(new Value.Null());
        assertThat(typed("{\"SS\": [\"b\", \"a\"]}")).isEqualTo(members('S', "a", "b"));
        assertThat(typed("{\"NS\": [\"2.50\", \"1\"]}")).isEqualTo(members('N', "1", "2.5"));
        assertThat(typed("{\"L\": [{\"M\": {\"x\": {\"NULL\": true}}}]}"))
                .isEqualTo(
                        new Value.Elements(List.of(new Value.Entries(new TreeMap<>(Map.of("x", new Value.Null()))))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"S\"",
                "{}",
                "{\"S\": 1}",
                "{\"N\": 1}",
                "{\"N\": \"x\"}",
                "{\"B\": \"?\"}",
                "{\"NULL\": false}",
                "{\"BOOL\": \"true\"}",
                "{\"S\": \"a\", \"N\": \"1\"}",
                "{\"X\": \"a\"}",
                "{\"SS\": [\"a\", \"a\"]}",
                "{\"NS\": [\"1\", \"1.0\"]}",
                "{\"L\": {\"S\": \"a\"}}",
                "{\"M\": [\"a\"]}"
            })
    void whatIsNoTypedDocumentIsNoValue(String text) {
        assertThat(typed(text)).isInstanceOf(Value.Odd.class);
    }

    @Test
    void plainDocumentsAreOfTheValuesThatAreWrittenSo() {
        Value value = new Value.Entries(new TreeMap<>(Map.of(
                "n", number("1.10"),
                "i", number("18446744073709551615"),
                "big", number("18446744073709551616"),
                "b", new Value.Bytes("AP8="),
                "s", members('S', "a", "b"),
                "l", new Value.Elements(List.of(number("1"), new Value.Null())))));
        String rest = ", \"i\": 18446744073709551615, \"big\": \"18446744073709551616\", \"b\": \"AP8=\"";
        assertThat(PlainDocument.isOf(
                        json("{\"n\": \"1.1\", \"s\": [\"a\", \"b\"], \"l\": [1, null]" + rest + "}"), value))
                .isTrue();
        assertThat(PlainDocument.likely(value))
                .isEqualTo(json("{\"n\": \"1.1\", \"s\": [\"a\", \"b\"], \"l\": [1, null]" + rest + "}"));
        assertThat(PlainDocument.isOf(
                        json("{\"n\": \"1.1\", \"s\": [\"b\", \"a\"], \"l\": [1, null]" + rest + "}"), value))
                .as("a set in another order")
                .isTrue();
        List<String> others = new ArrayList<>(List.of(
                "{\"n\": \"1.1\", \"s\": [\"a\", \"b\"], \"l\": [null, 1]" + rest + "}",
                "{\"n\": \"1.1\", \"s\": [\"a\", \"b\", \"b\"], \"l\": [1, null]" + rest + "}",
                "{\"n\": \"1.1\", \"s\": [\"a\"], \"l\": [1, null]" + rest + "}",
                "{\"n\": 1.1, \"s\": [\"a\", \"b\"], \"l\": [1, null]" + rest + "}",
                "{\"n\": \"1.1\", \"s\": [\"a\", \"b\"], \"l\": [\"1\", null]" + rest + "}",
                "{\"n\": \"1.1\", \"s\": [\"a\", \"b\"], \"l\": [1, null], \"x\": 1" + rest + "}"));
        for (String other : others) {
            assertThat(PlainDocument.isOf(json(other), value)).as(other).isFalse();
        }
        assertThat(PlainDocument.isOf(json("[\"2.5\", 1]"), members('N', "1", "2.5")))
                .isTrue();
        assertThat(PlainDocument.isOf(json("[\"2.5\", \"1\"]"), members('N', "1", "2.5")))
                .isFalse();
    }

    @Test
    void itemsDifferInWhatIsMissingOrMoreOrOfAnotherType() {
        Item source = item(Map.of(
                "same",
                number("1"),
                "type",
                number("1"),
                "less",
                new Value.Null(),
                "list",
                new Value.Elements(List.of())));
        Item target = item(Map.of(
                "same",
                number("1.0"),
                "type",
                new Value.Text("1"),
                "more",
                new Value.Text(""),
                "list",
                new Value.Plain(new Value.Elements(List.of()), false)));
        assertThat(source.differing(target)).containsExactly("less", "more", "type");
        assertThat(item(Map.of("a", number("1"))).differing(item(Map.of("a", new Value.Plain(number("1"), false)))))
                .as("a number is in no document where only documents are")
                .containsExactly("a");
        assertThat(source.and(source).differing(source)).isNotEmpty();
    }
}
