package dev.tributary.sink.mysql;

import java.util.List;
import java.util.stream.Collectors;

/** Names as MySQL's grammar wants them. */
final class Identifiers {
    private Identifiers() {}

    static String quoted(String name) {
        return '`' + name.replace("`", "``") + '`';
    }

    static String list(List<String> names) {
        return names.stream().map(Identifiers::quoted).collect(Collectors.joining(", "));
    }
}
