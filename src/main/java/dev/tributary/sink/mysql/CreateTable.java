package dev.tributary.sink.mysql;

import static dev.tributary.sink.mysql.Identifiers.quoted;

import dev.tributary.record.SourceTable;
import dev.tributary.route.TargetTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The target's {@code CREATE TABLE}, out of the source's own: under the target's name, in a transactional engine, and with
 * the target's key where that is another one. {@code SHOW CREATE TABLE} has one definition a line.
 */
final class CreateTable {
    private static final Pattern ENGINE = Pattern.compile("\\bENGINE\\s*=\\s*\\w+", Pattern.CASE_INSENSITIVE);
    private static final Pattern COUNTED = Pattern.compile("\\sAUTO_INCREMENT\\s*=\\s*\\d+", Pattern.CASE_INSENSITIVE);

    private static final Pattern KEY_PART = Pattern.compile("`((?:[^`]|``)+)`\\s*\\((\\d+)\\)");

    private CreateTable() {}

    static String of(SourceTable source, TargetTable target, boolean mariaDb) {
        TableDefinition definition = TableDefinition.read(source);
        if (!sameNames(source.key(), target.keyColumns())) {
            definition = new TableDefinition(withKey(definition.lines(), target.keyColumns()), definition.options());
        }
        if (mariaDb) {
            definition = new MariaDbTable(definition, target.name()).definition();
        }
        List<String> lines = definition.lines();
        String options = COUNTED.matcher(definition.options()).replaceAll("");
        // rows and position are one transaction only where the engine has transactions
        options = ENGINE.matcher(options).replaceAll("ENGINE=InnoDB");
        return "CREATE TABLE IF NOT EXISTS " + quoted(target.name()) + " (\n  " + String.join(",\n  ", lines) + "\n)"
                + options;
    }

    /**
     * How much of the key's columns tells rows apart, of those that are not compared as a whole; by name without regard to
     * case. Only a primary key of the source's own may be such a one.
     */
    static Map<String, Integer> keyParts(SourceTable source, TargetTable target) {
        Map<String, Integer> parts = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        if (!TableDefinition.isKnown(source) || !sameNames(source.key(), target.keyColumns())) {
            return parts;
        }
        for (String line : TableDefinition.read(source).lines()) {
            if (isPrimaryKey(line)) {
                Matcher part = KEY_PART.matcher(line);
                while (part.find()) {
                    parts.put(part.group(1).replace("``", "`"), Integer.valueOf(part.group(2)));
                }
            }
        }
        return parts;
    }

    private static boolean isPrimaryKey(String line) {
        return line.regionMatches(true, 0, "PRIMARY KEY", 0, "PRIMARY KEY".length());
    }

    private static boolean sameNames(List<String> one, List<String> other) {
        Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        names.addAll(one);
        return one.size() == other.size() && names.containsAll(other);
    }

    private static List<String> withKey(List<String> lines, List<String> key) {
        List<String> changed = new ArrayList<>();
        for (String line : lines) {
            if (isPrimaryKey(line)) {
                continue;
            }
            // a counter must lead a key, and the target's rows bring their numbers with them
            changed.add(withoutCounter(line));
        }
        changed.add("PRIMARY KEY (" + Identifiers.list(key) + ")");
        return changed;
    }

    private static String withoutCounter(String line) {
        StringBuilder kept = new StringBuilder();
        Words words = new Words(line);
        for (String word = words.next(); word != null; word = words.next()) {
            if (!word.strip().equalsIgnoreCase("AUTO_INCREMENT")) {
                kept.append(word);
            }
        }
        return kept.toString();
    }
}
