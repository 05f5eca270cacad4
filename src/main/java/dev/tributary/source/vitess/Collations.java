package dev.tributary.source.vitess;

import dev.tributary.record.Column;
import dev.tributary.record.ColumnDefinition;
import io.vitess.proto.Query.Field;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a field's bytes are to be read. The declared type decides whether they are text: VStream calls a
 * {@code varchar … collate utf8mb4_bin} VARBINARY. Collation ids are those of {@code information_schema.collations}; which of
 * Java's charsets reads a MySQL charset as MySQL does was found out by comparing them, character by character.
 */
final class Collations {
    private static final Set<String> TEXT = Set.of("char", "varchar", "tinytext", "text", "mediumtext", "longtext");

    /** Those of both kinds that MySQL does not count among its BLOBs. */
    private static final Set<String> SHORT = Set.of("binary", "varbinary", "bit", "char", "varchar");

    /** What follows a column's name, as {@code SHOW CREATE TABLE} writes it. */
    private static final String DECLARED_CHARSET =
            " (?:(?:enum|set)\\((?:'(?:[^']++|'')*+',?)*+\\)|\\w+(?:\\(\\d+\\))?)"
                    + "(?: CHARACTER SET (\\w+))?(?: COLLATE (\\w+))?";
    /** Behind the last bracket; a comment comes after it. */
    private static final Pattern TABLE_CHARSET = Pattern.compile("\\n\\)[^'\\n]* DEFAULT CHARSET=(\\w+)");

    /** The greatest id that a charset's first collation has. */
    private static final int LAST = 255;

    private Collations() {}

    /**
     * @param createStatement the table's, for the charset of a collation that the tablet does not know itself
     * @throws IllegalArgumentException if the field's collation is not known
     */
    static Column column(Field field, String createStatement) {
        String declared = field.getColumnType();
        String type = baseType(declared);
        if (ColumnDefinition.isBytes(type)) {
            return new Column(field.getName(), declared, null);
        }
        if (!TEXT.contains(type)) {
            return new Column(field.getName(), declared, StandardCharsets.UTF_8);
        }
        String encoding = encoding(field, createStatement);
        return new Column(field.getName(), declared, charset(encoding), encoding);
    }

    static boolean isText(String declared) {
        return TEXT.contains(baseType(declared));
    }

    /** Whether MySQL counts it among its BLOBs, whose values {@code binlog_row_image=NOBLOB} leaves out. */
    static boolean isLong(String declared) {
        String type = baseType(declared);
        return type.equals("json")
                || ((ColumnDefinition.isBytes(type) || TEXT.contains(type)) && !SHORT.contains(type));
    }

    /** Some collation of a text column's charset, by the words that define it and the table's default; 0 if it is not known. */
    static int collation(ColumnDefinition column, String createStatement) {
        String named = column.word("character", "set");
        if (named.isEmpty()) {
            named = column.word("charset");
        }
        if (named.isEmpty()) {
            named = column.word("collate").replaceAll("_.*", "");
        }
        Matcher table = TABLE_CHARSET.matcher(createStatement);
        if (named.isEmpty() && table.find()) {
            named = table.group(1);
        }
        String encoding = name(named);
        for (int id = 1; id <= LAST && !encoding.isEmpty(); id++) {
            if (encoding.equals(known(id))) {
                return id;
            }
        }
        return 0;
    }

    /** The charset of a field's collation; null where Java has none for it. */
    static @Nullable Charset charset(Field field, String createStatement) {
        return charset(encoding(field, createStatement));
    }

    /** Of gbk, big5 and tis620 among others Vitess says no more than that they are none of those that it knows. */
    private static String encoding(Field field, String createStatement) {
        return field.getCharset() == 0
                ? declaredEncoding(field.getName(), createStatement)
                : encoding(field.getCharset());
    }

    private static String declaredEncoding(String column, String createStatement) {
        Matcher declaration = Pattern.compile(
                        "\\n\\s*" + Pattern.quote(KeyRange.quote(column)) + DECLARED_CHARSET, Pattern.CASE_INSENSITIVE)
                .matcher(createStatement);
        if (declaration.find()) {
            String charset = declaration.group(1);
            String collation = declaration.group(2);
            if (charset != null || collation != null) {
                return name(charset != null ? charset : collation.replaceAll("_.*", ""));
            }
            Matcher table = TABLE_CHARSET.matcher(createStatement);
            if (table.find()) {
                return name(table.group(1));
            }
        }
        throw new IllegalArgumentException("its charset is not known to Vitess, and not told by SHOW CREATE TABLE");
    }

    private static String name(String charset) {
        String lower = charset.toLowerCase(Locale.ROOT);
        return lower.equals("utf8mb3") ? "utf8" : lower;
    }

    /** A type's name without what follows it, in lower case. */
    static String baseType(String declared) {
        int end = 0;
        while (end < declared.length() && Character.isLetter(declared.charAt(end))) {
            end++;
        }
        return declared.substring(0, end).toLowerCase(Locale.ROOT);
    }

    /** MySQL's name of a collation's charset; empty for that of bytes. */
    private static String encoding(int id) {
        String known = known(id);
        if (known == null) {
            throw new IllegalArgumentException("unsupported collation id " + id);
        }
        return known;
    }

    private static @Nullable String known(int id) {
        if (id >= 224 || id == 45 || id == 46) {
            return id >= 248 && id <= 250 ? "gb18030" : "utf8mb4";
        }
        if (id >= 192 || id == 33 || id == 76 || id == 83) {
            return "utf8";
        }
        if (id >= 160) {
            return "utf32";
        }
        if (id >= 101) {
            return id >= 128 ? "ucs2" : "utf16";
        }
        return switch (id) {
            case 63 -> "";
            case 1, 84 -> "big5";
            case 2, 9, 21, 27, 77 -> "latin2";
            case 3, 69 -> "dec8";
            case 4, 80 -> "cp850";
            case 5, 8, 15, 31, 47, 48, 49, 94 -> "latin1";
            case 6, 72 -> "hp8";
            case 7, 74 -> "koi8r";
            case 10, 82 -> "swe7";
            case 11, 65 -> "ascii";
            case 12, 91 -> "ujis";
            case 13, 88 -> "sjis";
            case 14, 23, 50, 51, 52 -> "cp1251";
            case 16, 71 -> "hebrew";
            case 18, 89 -> "tis620";
            case 19, 85 -> "euckr";
            case 20, 41, 42, 79 -> "latin7";
            case 22, 75 -> "koi8u";
            case 24, 86 -> "gb2312";
            case 25, 70 -> "greek";
            case 26, 34, 44, 66, 99 -> "cp1250";
            case 28, 87 -> "gbk";
            case 29, 58, 59 -> "cp1257";
            case 30, 78 -> "latin5";
            case 32, 64 -> "armscii8";
            case 35, 90 -> "ucs2";
            case 36, 68 -> "cp866";
            case 37, 73 -> "keybcs2";
            case 38, 43 -> "macce";
            case 39, 53 -> "macroman";
            case 40, 81 -> "cp852";
            case 54, 55 -> "utf16";
            case 56, 62 -> "utf16le";
            case 57, 67 -> "cp1256";
            case 60, 61 -> "utf32";
            case 92, 93 -> "geostd8";
            case 95, 96 -> "cp932";
            case 97, 98 -> "eucjpms";
            default -> null;
        };
    }

    /** The one of Java's that reads it; null where there is none. */
    private static @Nullable Charset charset(String encoding) {
        return switch (encoding) {
            case "utf8mb4", "utf8", "ascii", "" -> StandardCharsets.UTF_8;
            case "ucs2", "utf16" -> StandardCharsets.UTF_16BE;
            case "utf16le" -> StandardCharsets.UTF_16LE;
            case "utf32" -> Charset.forName("UTF-32BE");
            case "latin1" -> MySqlCharset.LATIN1;
            case "dec8" -> MySqlCharset.DEC8;
            case "gb18030" -> MySqlCharset.GB18030;
            case "gbk" -> Charset.forName("x-mswin-936");
            case "gb2312" -> Charset.forName("GB2312");
            case "big5" -> Charset.forName("x-Big5-Solaris");
            case "sjis" -> MySqlCharset.SJIS;
            case "cp932" -> Charset.forName("windows-31j");
            case "ujis" -> MySqlCharset.UJIS;
            case "eucjpms" -> MySqlCharset.EUCJPMS;
            case "euckr" -> Charset.forName("x-windows-949");
            case "latin2" -> Charset.forName("ISO-8859-2");
            case "latin5" -> Charset.forName("ISO-8859-9");
            case "latin7" -> Charset.forName("ISO-8859-13");
            case "hebrew" -> MySqlCharset.HEBREW;
            case "greek" -> MySqlCharset.GREEK;
            case "cp1250" -> Charset.forName("windows-1250");
            case "cp1251" -> Charset.forName("windows-1251");
            case "cp1256" -> Charset.forName("windows-1256");
            case "cp1257" -> Charset.forName("windows-1257");
            case "cp850" -> Charset.forName("IBM850");
            case "cp852" -> Charset.forName("IBM852");
            case "cp866" -> MySqlCharset.CP866;
            case "koi8r" -> Charset.forName("KOI8-R");
            case "koi8u" -> MySqlCharset.KOI8U;
            case "tis620" -> Charset.forName("x-iso-8859-11");
            case "macce" -> Charset.forName("x-MacCentralEurope");
            case "macroman" -> Charset.forName("x-MacRoman");
            default -> null;
        };
    }
}
