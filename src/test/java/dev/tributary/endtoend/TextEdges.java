package dev.tributary.endtoend;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Types of text, bytes and members, and their edge values. */
final class TextEdges {
    private TextEdges() {}

    private static String[] texts() {
        return new String[] {
            "''",
            "' '",
            "'a'",
            "'A'",
            "'a '",
            "' a  '",
            "'NULL'",
            "_utf8mb4 x'6772C3BC6E20E6BCA2E5AD9720F09F9880'", // grün 漢字 😀
            "_utf8mb4 x'EFBFBD'", // the character that stands for others
            "_utf8mb4 x'EFBBBF41'",
            "_utf8mb4 x'65CC81'",
            "_utf8mb4 x'C3A9'",
            "_utf8mb4 x'00275C220A0D1A08'", // what SQL escapes
            "'it''s \\\\ \\n'",
            "_utf8mb4 x'F48FBFBF'",
            "'ss'",
            "_utf8mb4 x'C39F'",
            "'0'"
        };
    }

    static List<Edges> texts(String collation) {
        String in = " character set utf8mb4 collate " + collation;
        return List.of(
                Edges.of("char_" + collation, "char(10)" + in, texts()),
                Edges.of("varchar_" + collation, "varchar(50)" + in, texts()),
                Edges.of("text_" + collation, "text" + in, texts()));
    }

    static List<Edges> strings() {
        List<Edges> all = new ArrayList<>();
        all.addAll(texts("utf8mb4_0900_ai_ci"));
        all.addAll(texts("utf8mb4_general_ci"));
        all.addAll(texts("utf8mb4_bin"));
        all.add(Edges.of("tinytext", "tinytext", texts()));
        all.add(Edges.of("mediumtext", "mediumtext", "''", "'a '", "repeat(_utf8mb4 x'F09F9880', 70000)"));
        all.add(Edges.of("longtext", "longtext", "''", "'a '", "repeat(_utf8mb4 x'E6BCA2', 300000)"));
        all.add(Edges.of(
                "varchar_long", "varchar(16000)", "''", "repeat(_utf8mb4 x'F09F9880', 16000)", "repeat(' ', 16000)"));
        all.add(Edges.of("char_255", "char(255)", "repeat(_utf8mb4 x'F09F9880', 255)", "''", "repeat('a', 254)"));
        StringBuilder bytes = new StringBuilder("x'");
        IntStream.range(0, 256).forEach(value -> bytes.append("%02X".formatted(value)));
        String any = bytes.append("'").toString();
        String[] binaries = {
            "x''",
            "x'00'",
            "x'0000'",
            "x'20'",
            "x'2020'",
            "x'6100'",
            "x'6120'",
            "x'FFFE00'",
            "x'C328'",
            "x'275C220A0D1A'"
        };
        all.add(Edges.of("binary_8", "binary(8)", binaries));
        all.add(Edges.of("binary_255", "binary(255)", "x''", "substr(" + any + ", 1, 255)", "substr(" + any + ", 2)"));
        all.add(Edges.of("varbinary", "varbinary(300)", with(binaries, any)));
        all.add(Edges.of("char_binary", "char(9) character set binary", binaries));
        for (String blob : List.of("tinyblob", "blob", "mediumblob", "longblob")) {
            all.add(Edges.of(blob, blob, blob.equals("tinyblob") ? binaries : with(binaries, any)));
        }
        return all;
    }

    private static String[] with(String[] values, String more) {
        String[] all = java.util.Arrays.copyOf(values, values.length + 1);
        all[values.length] = more;
        return all;
    }

    static List<Edges> choices() {
        List<Edges> all = new ArrayList<>();
        String labels = "('a','b,c','d''e','é','漢','x\"y','back\\\\slash','in side','null')";
        // the last is no member
        String[] enums = {
            "'a'", "'b,c'", "'d''e'", "'é'", "'漢'", "'x\"y'", "'back\\\\slash'", "'in side'", "'null'", "0"
        };
        all.add(Edges.of("enum", "enum" + labels, enums));
        all.add(Edges.of("enum_bin", "enum" + labels + " collate utf8mb4_bin", enums));
        all.add(Edges.of("enum_latin1", "enum('é','ü','a') character set latin1", "'é'", "'ü'", "'a'", "0"));
        all.add(Edges.of("enum_numbers", "enum('2','1','0')", "'0'", "'1'", "'2'", "1", "2", "3", "0"));
        all.add(Edges.of("enum_empty", "enum('','a')", "''", "'a'"));
        all.add(Edges.of(
                "enum_many",
                "enum("
                        + String.join(
                                ",",
                                IntStream.range(0, 300)
                                        .mapToObj(i -> "'m" + i + "'")
                                        .toList()) + ")",
                "'m0'",
                "'m254'",
                "'m255'",
                "'m256'",
                "'m299'"));
        String members = "('a','d''e','é','漢','x\"y','back\\\\slash','in side')";
        String[] sets = {"''", "'a'", "'d''e,é'", "'a,漢'", "127", "'x\"y,back\\\\slash'", "'in side'"};
        all.add(Edges.of("set_7", "set" + members, sets));
        all.add(Edges.of("set_bin", "set" + members + " collate utf8mb4_bin", sets));
        all.add(Edges.of("set_latin1", "set('é','ü','a') character set latin1", "'é'", "'ü,é'", "''", "7"));
        all.add(Edges.of(
                "set_64",
                "set("
                        + String.join(
                                ",",
                                IntStream.range(0, 64)
                                        .mapToObj(i -> "'m" + i + "'")
                                        .toList()) + ")",
                "''",
                "'m0'",
                "'m63'",
                "'m0,m31,m32,m63'",
                "18446744073709551615",
                "9223372036854775808"));
        return all;
    }
}
