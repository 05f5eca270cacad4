package dev.tributary.source.vitess;

import dev.tributary.record.SchemaChange.Altered;
import dev.tributary.record.SchemaChange.Dropped;
import dev.tributary.record.SchemaChange.OfTable;
import dev.tributary.record.SchemaChange.Truncated;
import dev.tributary.record.SourceTable;
import dev.tributary.record.SqlWords;
import dev.tributary.record.SqlWords.Word;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A DDL statement as it stands in the binlog, and what it means for tables that are followed.
 *
 * @param tables what it does to them
 * @param made names of tables that are there afterwards and are not followed
 */
record DdlStatement(List<OfTable> tables, Set<String> made) {
    private static final DdlStatement NOTHING = new DdlStatement(List.of(), Set.of());

    /** @param followed the tables that are followed, by name */
    static DdlStatement read(String sql, Map<String, SourceTable> followed) {
        List<Word> words = SqlWords.of(sql);
        while (!words.isEmpty() && words.getLast().is(";")) {
            words = words.subList(0, words.size() - 1);
        }
        int table = 0;
        while (table < Math.min(4, words.size()) && !words.get(table).is("table")) {
            table++;
        }
        if (words.size() < 2) {
            return NOTHING;
        }
        Word verb = words.getFirst();
        boolean ofTable = table < Math.min(4, words.size());
        List<Word> rest = ofTable ? words.subList(table + 1, words.size()) : words.subList(1, words.size());
        if (verb.is("truncate")) {
            return truncate(rest, followed);
        }
        if (words.get(1).is("temporary")) {
            return NOTHING;
        }
        if (verb.is("drop") && words.get(1).is("index")) {
            return dropIndex(words, followed);
        }
        if (!ofTable || rest.isEmpty()) {
            return NOTHING;
        }
        if (verb.is("alter")) {
            return alter(sql, rest, followed);
        }
        if (verb.is("rename")) {
            return rename(rest, followed);
        }
        if (verb.is("drop")) {
            return drop(AlterTable.withoutWords(rest, "if", "exists"), followed);
        }
        return verb.is("create") ? create(AlterTable.withoutWords(rest, "if", "not", "exists"), followed) : NOTHING;
    }

    /** How many words a name has: a keyspace may stand before it. */
    private static int nameLength(List<Word> words) {
        return words.size() > 2 && words.get(1).is(".") ? 3 : 1;
    }

    private static String name(List<Word> words) {
        return words.get(nameLength(words) - 1).text();
    }

    private static DdlStatement create(List<Word> rest, Map<String, SourceTable> followed) {
        String name = name(rest);
        return followed.containsKey(name) ? NOTHING : new DdlStatement(List.of(), Set.of(name));
    }

    private static DdlStatement truncate(List<Word> rest, Map<String, SourceTable> followed) {
        String name = name(rest);
        return followed.containsKey(name) ? new DdlStatement(List.of(new Truncated(name)), Set.of()) : NOTHING;
    }

    private static DdlStatement drop(List<Word> rest, Map<String, SourceTable> followed) {
        List<OfTable> dropped = new ArrayList<>();
        for (List<Word> item : SqlWords.list(rest)) {
            if (followed.containsKey(name(item))) {
                dropped.add(new Dropped(name(item)));
            }
        }
        return new DdlStatement(dropped, Set.of());
    }

    private static DdlStatement dropIndex(List<Word> words, Map<String, SourceTable> followed) {
        for (int i = 3; i + 1 < words.size(); i++) {
            SourceTable table = words.get(i).is("on") ? followed.get(name(words.subList(i + 1, words.size()))) : null;
            if (table != null) {
                String index = words.get(i - 1).text();
                return new DdlStatement(List.of(AlterTable.withoutIndex(table, index)), Set.of());
            }
        }
        return NOTHING;
    }

    private static DdlStatement alter(String sql, List<Word> rest, Map<String, SourceTable> followed) {
        String name = name(rest);
        List<Word> specs = rest.subList(nameLength(rest), rest.size());
        for (List<Word> spec : SqlWords.list(specs)) {
            boolean renames = spec.size() > 1 && spec.getFirst().is("rename");
            if (renames && !spec.get(1).isOneOf("column", "index", "key")) {
                List<Word> to =
                        spec.get(1).isOneOf("to", "as") ? spec.subList(2, spec.size()) : spec.subList(1, spec.size());
                return moved(Map.of(name(to), name), Set.of(name), followed);
            }
        }
        SourceTable table = followed.get(name);
        return table == null ? NOTHING : new DdlStatement(List.of(AlterTable.read(sql, table, specs)), Set.of());
    }

    private static DdlStatement rename(List<Word> rest, Map<String, SourceTable> followed) {
        Map<String, String> content = new LinkedHashMap<>();
        Set<String> gone = new HashSet<>();
        for (List<Word> item : SqlWords.list(rest)) {
            int length = nameLength(item);
            String from = name(item);
            String to = name(item.subList(Math.min(length + 1, item.size() - 1), item.size()));
            String moved = content.containsKey(from) ? content.remove(from) : from;
            gone.add(from);
            gone.remove(to);
            content.put(to, String.valueOf(moved));
        }
        return moved(content, gone, followed);
    }

    /**
     * @param content by name that is there afterwards, the name of before
     * @param gone names that are free afterwards
     */
    private static DdlStatement moved(
            Map<String, String> content, Set<String> gone, Map<String, SourceTable> followed) {
        List<OfTable> tables = new ArrayList<>();
        Set<String> made = new HashSet<>();
        gone.stream().filter(followed::containsKey).sorted().map(Dropped::new).forEach(tables::add);
        content.forEach((name, before) -> {
            SourceTable table = followed.get(name);
            if (table == null) {
                made.add(name);
            } else if (!name.equals(before)) {
                // a schema change swaps its copy of the table in; of another table the rows are not known
                Optional<String> refused = TableFilter.isInternal(before)
                        ? Optional.empty()
                        : Optional.of("it puts table " + before + " in its place, whose rows the stream does not tell");
                tables.add(new Altered(name, table.columns(), List.of(), new HashMap<>(), Set.of(), refused));
            }
        });
        return new DdlStatement(tables, made);
    }
}
