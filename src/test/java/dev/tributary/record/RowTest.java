package dev.tributary.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RowTest {
    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void aValueIsTheSameWhereverItLies() {
        Row one = Row.of(text("aa"), text("b"), text(""), null);
        Row other = Row.of(text(""), text("aa"), null, text("b"), text("aaa"));

        assertThat(one.isSame(0, other, 1)).isTrue();
        assertThat(one.isSame(1, other, 3)).isTrue();
        assertThat(one.isSame(2, other, 0)).isTrue();
        assertThat(one.isSame(3, other, 2)).isTrue();

        assertThat(one.isSame(0, other, 4)).isFalse();
        assertThat(one.isSame(0, other, 3)).isFalse();
        assertThat(one.isSame(2, other, 2)).as("nothing is not NULL").isFalse();
        assertThat(one.isSame(3, other, 0)).as("NULL is not nothing").isFalse();
    }
}
