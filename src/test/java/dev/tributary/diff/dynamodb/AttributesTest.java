package dev.tributary.diff.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.diff.dynamodb.ItemTable.KeyAttribute;
import dev.tributary.diff.item.Value;
import java.math.BigDecimal;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which keys an item can have. */
class AttributesTest {
    private static boolean isKey(String types, Value... values) {
        List<KeyAttribute> key = types.chars()
                .mapToObj(type -> new KeyAttribute("a" + (char) type, String.valueOf((char) type)))
                .toList();
        return Attributes.key(key, List.of(values)).isPresent();
    }

    private static Value text(int bytes) {
        return new Value.Text("ü".repeat(bytes / 2) + "x".repeat(bytes % 2));
    }

    private static Value bytes(int length) {
        return new Value.Bytes(Base64.getEncoder().encodeToString(new byte[length]));
    }

    private static Value number(String digits) {
        return Value.number(new BigDecimal(digits));
    }

    @Test
    void textsAndBytesOfAKeyAreNeitherEmptyNorTooLong() {
        assertThat(isKey("SB", text(2048), bytes(1024))).isTrue();
        assertThat(isKey("BS", bytes(2048), text(1024))).isTrue();
        assertThat(isKey("S", text(0))).isFalse();
        assertThat(isKey("S", text(2049))).isFalse();
        assertThat(isKey("B", bytes(0))).isFalse();
        assertThat(isKey("B", bytes(2049))).isFalse();
        assertThat(isKey("SS", text(1), text(1025))).isFalse();
        assertThat(isKey("SB", text(1), bytes(1025))).isFalse();
        assertThat(isKey("N", text(1))).isFalse();
        assertThat(isKey("SS", text(1))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "0,true",
        "-1.50,true",
        "12345678901234567890123456789012345678,true",
        "123456789012345678901234567890123456789,false",
        "9.9999999999999999999999999999999999999E+125,true",
        "1E+126,false",
        "1E-130,true",
        "9E-131,false"
    })
    void numbersOfAKeyAreThoseOfTheService(String digits, boolean isKey) {
        assertThat(isKey("N", number(digits))).isEqualTo(isKey);
    }
}
