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
 * {@code varchar … collate utf8mb4_bin} VARBINARY. Collation ids are those of {@code information_schema.collations}.
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
            return id >= 248 && id <= 250 ? Charset.forName("GB18030") : StandardCharsets.UTF_8;
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
            case 5, 8, 15, 31, 47, 48, 49, 94 -> Charset.forName("windows-1252");
            case 11, 65, 63 -> StandardCharsets.UTF_8;
            case 35, 54, 55, 90 -> StandardCharsets.UTF_16BE;
            case 56, 62 -> StandardCharsets.UTF_16LE;
            case 60, 61 -> Charset.forName("UTF-32BE");
            case 28, 87 -> Charset.forName("GBK");
            case 24, 86 -> Charset.forName("GB2312");
            case 1, 84 -> Charset.forName("Big5");
            case 13, 88 -> Charset.forName("Shift_JIS");
            case 95, 96 -> Charset.forName("windows-31j");
            case 12, 91, 97, 98 -> Charset.forName("EUC-JP");
            case 19, 85 -> Charset.forName("EUC-KR");
            case 2, 9, 21, 27, 77 -> Charset.forName("ISO-8859-2");
            case 30, 78 -> Charset.forName("ISO-8859-9");
            case 20, 41, 42, 79 -> Charset.forName("ISO-8859-13");
            case 16, 71 -> Charset.forName("ISO-8859-8");
            case 25, 70 -> Charset.forName("ISO-8859-7");
            case 26, 34, 44, 66, 99 -> Charset.forName("windows-1250");
            case 14, 23, 50, 51, 52 -> Charset.forName("windows-1251");
            case 57, 67 -> Charset.forName("windows-1256");
            case 29, 58, 59 -> Charset.forName("windows-1257");
            case 4, 80 -> Charset.forName("IBM850");
            case 40, 81 -> Charset.forName("IBM852");
            case 36, 68 -> Charset.forName("IBM866");
            case 7, 74 -> Charset.forName("KOI8-R");
            case 22, 75 -> Charset.forName("KOI8-U");
            case 18, 89 -> Charset.forName("TIS-620");
            default -> throw new IllegalArgumentException("unsupported collation id " + id);
        };
    }
}
