package dev.tributary.seeds;

import static dev.tributary.seeds.ColumnKind.oneOf;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;

/** Texts in the server's charsets and collations. */
final class TextKinds {
    private static final String[] COLLATIONS = {
        "utf8mb4_0900_ai_ci",
        "utf8mb4_0900_as_cs",
        "utf8mb4_bin",
        "utf8mb4_general_ci",
        "utf8mb4_unicode_ci",
        "utf8_general_ci",
        "latin1_swedish_ci",
        "latin1_bin",
        "utf16_general_ci",
        "utf16le_bin",
        "utf32_unicode_ci",
        "ucs2_general_ci",
        "gbk_chinese_ci",
        "gb18030_chinese_ci",
        "gb2312_bin",
        "big5_chinese_ci",
        "sjis_japanese_ci",
        "cp932_bin",
        "ujis_japanese_ci",
        "eucjpms_bin",
        "euckr_korean_ci",
        "koi8r_general_ci",
        "koi8u_bin",
        "cp1250_general_ci",
        "cp1251_general_ci",
        "cp1256_bin",
        "cp1257_general_ci",
        "cp850_bin",
        "cp852_general_ci",
        "cp866_bin",
        "latin2_general_ci",
        "latin5_turkish_ci",
        "latin7_general_cs",
        "greek_bin",
        "hebrew_general_ci",
        "tis620_thai_ci",
        "macroman_general_ci",
        "macce_bin",
        "ascii_general_ci",
        "ascii_bin"
    };

    /** Holds every value of a key, as an index of a TEXT has no more than its first characters. */
    private static final int KEY_LENGTH = 10;

    private static final String[] TEXTS = {
        "",
        " ",
        "plain",
        "O'Neill \"quoted\" \\back\\slash",
        "ünïcödé é ß Å",
        "日本語テキスト",
        "中文字符",
        "한국어",
        "Привет мир",
        "Ελληνικά",
        "שלום",
        "ไทย",
        "🚲🎈",
        "tab\tnew\nline\rend",
        "trailing   ",
        "zero\0byte",
        "NULL",
        "€ ™ – “”"
    };

    private TextKinds() {}

    static ColumnKind any(Random random) {
        String collation = oneOf(random, COLLATIONS);
        String charset = collation.substring(0, collation.indexOf('_'));
        int length = oneOf(random, 1, 10, 40, 200);
        String type = switch (random.nextInt(6)) {
            case 0 -> "char(" + Math.min(length, 40) + ")";
            case 1 -> oneOf(random, "tinytext", "text", "mediumtext", "longtext");
            default -> "varchar(" + length + ")";
        };
        boolean whole = type.startsWith("varchar") && length >= 10 && length <= 40;
        boolean keyable = whole || type.endsWith("text");
        // what the charset has not becomes a question mark
        String letter = oneOf(random, "", "ü", "Ж", "日");
        return new ColumnKind(
                type + " CHARACTER SET " + charset + " COLLATE " + collation,
                some -> literal(text(some)),
                keyable
                        ? number -> "CONVERT(" + literal(letter + Integer.toString(number, 36) + "-Key") + " USING "
                                + charset + ") COLLATE " + collation
                        : null,
                false,
                whole ? "" : "(" + KEY_LENGTH + ")");
    }

    private static String text(Random random) {
        return switch (random.nextInt(3)) {
            case 0 -> oneOf(random, TEXTS);
            case 1 -> oneOf(random, TEXTS) + oneOf(random, TEXTS).repeat(random.nextInt(12));
            default -> "text " + random.nextInt(100_000);
        };
    }

    /** The server turns it into the column's charset; what that has not becomes a question mark. */
    static String literal(String text) {
        return "_utf8mb4 X'" + HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8)) + "'";
    }
}
