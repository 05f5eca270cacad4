package dev.tributary.sink.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SourceColumnTest {
    @Test
    void anEnumMayHaveThousandsOfMembers() {
        String members =
                IntStream.range(0, 10_000).mapToObj(i -> "'member ''" + i + "'").collect(Collectors.joining(","));

        SourceColumn column = Objects.requireNonNull(
                SourceColumn.read("`c` enum(" + members + ") NOT NULL", "utf8mb4", "utf8mb4_bin"));

        assertThat(column.type().members()).hasSize(10_000).contains("member '9999");
        assertThat(column.nullable()).isFalse();
    }
}
