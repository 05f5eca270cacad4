package dev.tributary.source.vitess;

import dev.tributary.record.Column;
import io.vitess.proto.Query.Field;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a field's bytes are to be read. The declared type decides whether they are text: VStream calls a
 * {@code varchar … collate utf8mb4_bin} VARBINARY. Collation ids are those of {@code information_schema.collations}; which of
 * Java's charsets reads a MySQL charset as MySQL does was found out by comparing them, character by character.
 */
final class Collations {
    private static final Set<String> BINARY = Set.of(
            "binary",
            "varbinary",
            "tinyblob",
            "blob",
            "mediumblob",
            "longblob",
            "bit",
            "geometry",
            "point",
            "linestring",
            "polygon",
            "multipoint",
            "multilinestring",
            "multipolygon",
            "geometrycollection",
            "geomcollection",
            "vector");
    private static final Set<String> TEXT =
            Set.of("char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set");

    private Collations() {}

    /** @throws IllegalArgumentException if the field's charset is one that Java does not know */
    static Column column(Field field) {
        String declared = field.getColumnType();
        String type = baseType(declared);
        return new Column(field.getName(), declared, charset(type, field.getCharset()));
    }

    private static String baseType(String declared) {
        int end = 0;
        while (end < declared.length() && Character.isLetter(declared.charAt(end))) {
            end++;
        }
        return declared.substring(0, end).toLowerCase(Locale.ROOT);
    }

    private static @Nullable Charset charset(String type, int collation) {
        if (BINARY.contains(type)) {
            return null;
        }
        return TEXT.contains(type) ? charset(collation) : StandardCharsets.UTF_8;
    }

    private static Charset charset(int id) {
        if (id >= 224 || id == 45 || id == 46 || id == 33 || id == 83 || id == 76 || id == 0) {
            return id >= 248 && id <= 250 ? MySqlCharset.GB18030 : StandardCharsets.UTF_8;
        }
        if (id >= 192) {
            return StandardCharsets.UTF_8;
        }
        if (id >= 160) {
            return Charset.forName("UTF-32BE");
        }
        if (id >= 101) {
            return StandardCharsets.UTF_16BE;
        }
        return switch (id) {
            case 5, 8, 15, 31, 47, 48, 49, 94 -> MySqlCharset.LATIN1;
            case 3, 69 -> MySqlCharset.DEC8;
            case 11, 65, 63 -> StandardCharsets.UTF_8;
            case 35, 54, 55, 90 -> StandardCharsets.UTF_16BE;
            case 56, 62 -> StandardCharsets.UTF_16LE;
            case 60, 61 -> Charset.forName("UTF-32BE");
            case 28, 87 -> Charset.forName("x-mswin-936");
            case 24, 86 -> Charset.forName("GB2312");
            case 1, 84 -> Charset.forName("x-Big5-Solaris");
            case 13, 88 -> MySqlCharset.SJIS;
            case 95, 96 -> Charset.forName("windows-31j");
            case 12, 91 -> MySqlCharset.UJIS;
            case 97, 98 -> MySqlCharset.EUCJPMS;
            case 19, 85 -> Charset.forName("x-windows-949");
            case 2, 9, 21, 27, 77 -> Charset.forName("ISO-8859-2");
            case 30, 78 -> Charset.forName("ISO-8859-9");
            case 20, 41, 42, 79 -> Charset.forName("ISO-8859-13");
            case 16, 71 -> MySqlCharset.HEBREW;
            case 25, 70 -> MySqlCharset.GREEK;
            case 26, 34, 44, 66, 99 -> Charset.forName("windows-1250");
            case 14, 23, 50, 51, 52 -> Charset.forName("windows-1251");
            case 57, 67 -> Charset.forName("windows-1256");
            case 29, 58, 59 -> Charset.forName("windows-1257");
            case 4, 80 -> Charset.forName("IBM850");
            case 40, 81 -> Charset.forName("IBM852");
            case 36, 68 -> MySqlCharset.CP866;
            case 7, 74 -> Charset.forName("KOI8-R");
            case 22, 75 -> MySqlCharset.KOI8U;
            case 18, 89 -> Charset.forName("x-iso-8859-11");
            case 38, 43 -> Charset.forName("x-MacCentralEurope");
            case 39, 53 -> Charset.forName("x-MacRoman");
            default -> throw new IllegalArgumentException("unsupported collation id " + id);
        };
    }
}
