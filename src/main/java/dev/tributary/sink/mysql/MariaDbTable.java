package dev.tributary.sink.mysql;

import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A table of MySQL in MariaDB's words. What only MySQL knows and no row needs is left out. Collations of Unicode 9 follow
 * Unicode 14 there, in which some characters are equal that MySQL tells apart: good for what is searched and sorted, but
 * what makes a row unique is compared by code points.
 */
final class MariaDbTable {
    private static final Pattern INDEX = Pattern.compile(
            "^(?:CONSTRAINT\\s+`(?:[^`]|``)+`\\s+)?((?:PRIMARY|UNIQUE|FOREIGN|FULLTEXT|SPATIAL)\\s+)?(?:KEY|INDEX)\\b",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern EXPRESSION = Pattern.compile("\\(\\s*\\(|,\\s*\\(");
    /** In MariaDB, which does not read such comments, the check would be enforced. */
    private static final Pattern NOT_ENFORCED = Pattern.compile("/\\*!\\d+ NOT ENFORCED \\*/\\s*$");

    private static final Pattern PARSER = Pattern.compile("/\\*!\\d+ WITH PARSER [^*]*\\*/");
    private static final Pattern GENERATED = Pattern.compile("(?i)\\bGENERATED ALWAYS\\b");
    private static final Pattern NAMES = Pattern.compile("`((?:[^`]|``)+)`");
    private static final Pattern COLLATE = Pattern.compile("(?i)\\bCOLLATE(\\s*=?\\s*)(\\w+)");
    private static final Pattern TYPE = Pattern.compile(
            "^(`(?:[^`]|``)+`\\s+\\w+(?:\\s*\\((?:'(?:[^'\\\\]++|''|\\\\.)*+'|[^()']++)*+\\))?"
                    + "(?:\\s+CHARACTER SET \\w+)?)(\\s+COLLATE \\w+)?",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final Pattern COLLECTION =
            Pattern.compile("^(`(?:[^`]|``)+`\\s+)geomcollection\\b", Pattern.CASE_INSENSITIVE);
    private static final Pattern MODERN = Pattern.compile("^utf8mb4_(?:(\\w+)_)?0900_(\\w+)$");
    /** Languages whose order only MySQL has. */
    private static final Set<String> UNKNOWN_LANGUAGES =
            Set.of("ja", "ru", "zh", "bg", "bs", "gl", "mn_cyrl", "nb", "nn", "sr_latn");
    /** Options with which MariaDB refuses a table. */
    private static final Pattern FOREIGN_OPTION =
            Pattern.compile("(?i)\\s+(COMPRESSION|ENCRYPTION|SECONDARY_ENGINE|AUTOEXTEND_SIZE)\\s*=\\s*('[^']*'|\\w+)");

    private final TableDefinition source;
    private final String table;
    private final Set<String> unique = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    private final Set<String> primary = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);

    /** @param table the target's name */
    MariaDbTable(TableDefinition source, String table) {
        this.source = source;
        this.table = table;
        for (String line : source.lines()) {
            Matcher index = INDEX.matcher(line);
            if (index.find()) {
                noteUnique(line, index);
            }
        }
    }

    /** Foreign keys as well: both ends must be of one collation. */
    private void noteUnique(String line, Matcher index) {
        String kind = index.group(1) == null ? "" : index.group(1).strip().toUpperCase(Locale.ROOT);
        if (!Set.of("PRIMARY", "UNIQUE", "FOREIGN").contains(kind)) {
            return;
        }
        int from = line.indexOf('(', index.end());
        // what a foreign key refers to is of another table
        int to = kind.equals("FOREIGN") ? line.indexOf(')', from) : line.length();
        for (Matcher name = NAMES.matcher(line.substring(from, to)); name.find(); ) {
            String column = name.group(1).replace("``", "`");
            unique.add(column);
            if (kind.equals("PRIMARY")) {
                primary.add(column);
            }
        }
    }

    TableDefinition definition() {
        List<String> lines = new ArrayList<>();
        for (String line : source.lines()) {
            SourceColumn column = SourceColumn.read(line, source.charset(), source.collation());
            if (column != null) {
                lines.add(column(line, column));
            } else if (INDEX.matcher(line).find()) {
                if (!EXPRESSION.matcher(unquoted(line)).find()) {
                    lines.add(PARSER.matcher(line).replaceAll(""));
                }
            } else if (!NOT_ENFORCED.matcher(line).find()) {
                lines.add(line);
            }
        }
        String options = FOREIGN_OPTION.matcher(source.options()).replaceAll("");
        Matcher collation = COLLATE.matcher(options);
        if (collation.find()) {
            options = options.substring(0, collation.start(2))
                    + known(collation.group(2), false)
                    + options.substring(collation.end(2));
        }
        return new TableDefinition(lines, options);
    }

    private String column(String line, SourceColumn column) {
        String charset = column.type().charset();
        if (TextFit.isText(column.type().base()) && "gb18030".equals(charset)) {
            throw refused(
                    column,
                    "has character set gb18030, which MariaDB does not have; create the table at the target"
                            + " with utf8mb4 for it");
        }
        if (GENERATED.matcher(unquoted(line)).find() && primary.contains(column.name())) {
            throw refused(
                    column,
                    "is generated and in the primary key, which MariaDB does not allow; create the table at the target"
                            + " with an ordinary column for it");
        }
        String own = COLLECTION.matcher(line).replaceFirst("$1geometrycollection");
        String collation = column.type().collation();
        if (TextFit.isText(column.type().base()) && collation != null) {
            own = withCollation(own, collation, known(collation, unique.contains(column.name())));
        }
        return column.written() ? own : withoutNullability(own);
    }

    private PipelineException refused(SourceColumn column, String why) {
        return new PipelineException(Kind.FATAL, "table " + table + ": column " + column.name() + " " + why);
    }

    private static String withCollation(String line, String before, String after) {
        Matcher type = TYPE.matcher(line);
        if (before.equals(after) || !type.find()) {
            return line;
        }
        return type.group(1) + " COLLATE " + after + line.substring(type.end());
    }

    /** Behind a generated column's expression MariaDB does not take it. */
    private static String withoutNullability(String line) {
        StringBuilder kept = new StringBuilder();
        Words words = new Words(line);
        int depth = 0;
        String not = "";
        for (String word = words.next(); word != null; word = words.next()) {
            depth += word.equals("(") ? 1 : word.equals(")") ? -1 : 0;
            String plain = word.strip().toUpperCase(Locale.ROOT);
            if (depth == 0 && plain.equals("NOT")) {
                not = word;
                continue;
            }
            if (depth > 0 || !plain.equals("NULL")) {
                kept.append(not).append(word);
            }
            not = "";
        }
        return kept.append(not).toString();
    }

    private static String unquoted(String line) {
        return line.replaceAll("`(?:[^`]|``)+`", "x").replaceAll("'(?:[^'\\\\]|''|\\\\.)*'", "");
    }

    /** The collation that stands for this one. */
    static String known(String collation, boolean unique) {
        Matcher modern = MODERN.matcher(collation);
        if (!modern.find()) {
            return collation;
        }
        @Nullable String language = modern.group(1);
        if (unique || modern.group(2).equals("bin")) {
            return "utf8mb4_nopad_bin";
        }
        // Japanese can tell kana apart, too
        String strength = modern.group(2).replace("as_cs_ks", "as_cs");
        return language == null || UNKNOWN_LANGUAGES.contains(language) ? "utf8mb4_0900_" + strength : collation;
    }
}
