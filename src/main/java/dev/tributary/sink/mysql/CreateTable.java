package dev.tributary.sink.mysql;

import static dev.tributary.sink.mysql.Identifiers.quoted;

import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
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
    private static final Pattern HEAD = Pattern.compile(
            "^\\s*CREATE\\s+TABLE\\s+(?:IF\\s+NOT\\s+EXISTS\\s+)?"
                    + "(?:(?:`(?:[^`]|``)+`|[\\w$]+)\\s*\\.\\s*)?(?:`(?:[^`]|``)+`|[\\w$]+)\\s*\\(",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern ENGINE = Pattern.compile("\\bENGINE\\s*=\\s*\\w+", Pattern.CASE_INSENSITIVE);
    private static final Pattern COUNTED = Pattern.compile("\\sAUTO_INCREMENT\\s*=\\s*\\d+", Pattern.CASE_INSENSITIVE);

    private static final Pattern COLUMN = Pattern.compile("^`((?:[^`]|``)+)`\\s");
    private static final Pattern KEY_PART = Pattern.compile("`((?:[^`]|``)+)`\\s*\\((\\d+)\\)");
    private static final Pattern NOT_IN_ROWS = Pattern.compile("\\b(GENERATED ALWAYS|INVISIBLE)\\b");

    private CreateTable() {}

    static String of(SourceTable source, TargetTable target) {
        Definitions definitions = Definitions.read(source);
        List<String> lines = definitions.lines;
        if (!sameNames(source.key(), target.keyColumns())) {
            lines = withKey(lines, target.keyColumns());
        }
        String options = COUNTED.matcher(definitions.options).replaceAll("");
        // rows and position are one transaction only where the engine has transactions
        options = ENGINE.matcher(options).replaceAll("ENGINE=InnoDB");
        return "CREATE TABLE IF NOT EXISTS " + quoted(target.name()) + " (\n  " + String.join(",\n  ", lines) + "\n)"
                + options;
    }

    /** The columns that rows of the source have; none if its statement is not known. */
    static List<String> columns(SourceTable source) {
        if (!HEAD.matcher(source.createStatement()).find()) {
            return List.of();
        }
        List<String> names = new ArrayList<>();
        for (String line : Definitions.read(source).lines) {
            Matcher column = COLUMN.matcher(line);
            if (column.find() && !NOT_IN_ROWS.matcher(line).find()) {
                names.add(column.group(1).replace("``", "`"));
            }
        }
        return names;
    }

    /**
     * How much of the key's columns tells rows apart, of those that are not compared as a whole; by name without regard to
     * case. Only a primary key of the source's own may be such a one.
     */
    static Map<String, Integer> keyParts(SourceTable source, TargetTable target) {
        Map<String, Integer> parts = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        if (!HEAD.matcher(source.createStatement()).find() || !sameNames(source.key(), target.keyColumns())) {
            return parts;
        }
        for (String line : Definitions.read(source).lines) {
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

    /** What is between the outer brackets, one definition each, and what follows them. */
    private record Definitions(List<String> lines, String options) {
        static Definitions read(SourceTable source) {
            String statement = source.createStatement();
            Matcher head = HEAD.matcher(statement);
            if (!head.find()) {
                throw new PipelineException(
                        Kind.FATAL, "table " + source.id() + ": the source's CREATE TABLE is not understood");
            }
            List<String> lines = new ArrayList<>();
            StringBuilder line = new StringBuilder();
            int depth = 1;
            Words words = new Words(statement.substring(head.end()));
            for (String word = words.next(); word != null; word = words.next()) {
                depth += word.equals("(") ? 1 : word.equals(")") ? -1 : 0;
                if (depth == 0 || (depth == 1 && word.equals(","))) {
                    lines.add(line.toString().strip());
                    line.setLength(0);
                } else {
                    line.append(word);
                }
                if (depth == 0) {
                    return new Definitions(lines, words.rest());
                }
            }
            throw new PipelineException(
                    Kind.FATAL, "table " + source.id() + ": the source's CREATE TABLE ends too early");
        }
    }
}
