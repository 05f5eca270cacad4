package dev.tributary.endtoend;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A type and its edge values.
 *
 * @param name a table's name
 * @param type the type as declared
 * @param values as SQL writes them
 */
record Edges(String name, String type, List<String> values) {
    static Edges of(String name, String type, String... values) {
        return new Edges(name, type, List.of(values));
    }

    static List<Edges> numbers() {
        List<Edges> all = new ArrayList<>();
        int[] bits = {8, 16, 24, 32, 64};
        String[] integers = {"tinyint", "smallint", "mediumint", "int", "bigint"};
        for (int i = 0; i < bits.length; i++) {
            java.math.BigInteger half = java.math.BigInteger.ONE.shiftLeft(bits[i] - 1);
            String top = half.subtract(java.math.BigInteger.ONE).toString();
            all.add(of(integers[i], integers[i], "-" + half, top, "0", "-1", "1"));
            String max = half.shiftLeft(1).subtract(java.math.BigInteger.ONE).toString();
            all.add(of(integers[i] + "_u", integers[i] + " unsigned", max, half.toString(), top, "0", "1"));
        }
        all.add(of("zerofilled", "int(8) unsigned zerofill", "0", "1", "42", "4294967295"));
        all.add(of("bool", "bool", "true", "false"));
        all.add(of("bit_1", "bit(1)", "b'0'", "b'1'"));
        all.add(of("bit_9", "bit(9)", "b'0'", "b'100000000'", "b'111111111'", "39", "92"));
        all.add(of("bit_32", "bit(32)", "0", "x'FFFFFFFF'", "x'00000027'", "x'80000000'"));
        all.add(of("bit_64", "bit(64)", "0", "1", "x'FFFFFFFFFFFFFFFF'", "x'8000000000000000'", "x'00FF00275C0A1A22'"));
        String nines35 = "9".repeat(35);
        String nines30 = "9".repeat(30);
        all.add(of(
                "decimal_65_30",
                "decimal(65,30)",
                nines35 + "." + nines30,
                "-" + nines35 + "." + nines30,
                "0",
                "0." + "0".repeat(29) + "1",
                "-0." + "0".repeat(29) + "1",
                "-1.5",
                "12345678901234567890123456789012345.1"));
        all.add(of("decimal_65", "decimal(65,0)", "9".repeat(65), "-" + "9".repeat(65), "0", "1" + "0".repeat(64)));
        all.add(of("decimal_30_30", "decimal(30,30)", "0." + nines30, "-0." + nines30, "0", "0.1"));
        all.add(of("decimal_10", "decimal(10,0)", "0", "-9999999999", "9999999999", "10", "-7"));
        all.add(of("decimal_zero", "decimal(7,2) unsigned zerofill", "0", "0.01", "99999.99", "10"));
        String[] doubles = {
            "0",
            "-0e0",
            "0.1",
            "-0.1",
            "1e15",
            "1e16",
            "1e17",
            "123456789012345678",
            "1.7976931348623157e308",
            "-1.7976931348623157e308",
            "2.2250738585072014e-308",
            "4.9e-324",
            "0.30000000000000004",
            "9007199254740993",
            "1e-5",
            "1e-15",
            "3.141592653589793"
        };
        all.add(of("double", "double", doubles));
        all.add(of("double_20_5", "double(20,5)", "0", "-123456789012345.12345", "0.1", "99999999999.99999"));
        return all;
    }

    static List<Edges> floats() {
        return List.of(
                of(
                        "float",
                        "float",
                        "0",
                        "-0e0",
                        "0.1",
                        "-1.1e-20",
                        "16777216",
                        "16777215",
                        "-16777217",
                        "3.4028234663852886e38",
                        "-3.4028234663852886e38",
                        "1.1754943508222875e-38",
                        "1.401298464324817e-45",
                        "1234567",
                        "1.2345678",
                        "9999999",
                        "8388609.5",
                        "1e10",
                        "0.333333343267"),
                of("float_9_3", "float(9,3)", "0", "-123456.789", "0.1", "99999.999", "16777.217"),
                of("float_u", "float unsigned zerofill", "0", "0.1", "16777217", "3.4e38"));
    }

    static List<Edges> times() {
        List<Edges> all = new ArrayList<>();
        all.add(of(
                "date",
                "date",
                "'0000-00-00'",
                "'1000-01-01'",
                "'9999-12-31'",
                "'2020-00-00'",
                "'2020-02-00'",
                "'2020-02-31'",
                "'0001-01-01'",
                "'2024-02-29'"));
        all.add(of("year", "year", "1901", "2155", "'0000'", "2000", "1970", "2069"));
        for (int digits = 0; digits <= 6; digits++) {
            String most = digits == 0 ? "" : "." + "9".repeat(digits);
            String least = digits == 0 ? "" : "." + "0".repeat(digits - 1) + "1";
            String middle = digits == 0 ? "" : "." + "120450".substring(0, digits);
            all.add(of(
                    "datetime_" + digits,
                    "datetime(" + digits + ")",
                    "'0000-00-00 00:00:00'",
                    "'1000-01-01 00:00:00" + least + "'",
                    "'9999-12-31 23:59:59" + most + "'",
                    "'2020-02-31 12:00:00" + middle + "'",
                    "'2020-00-00 01:02:03" + middle + "'",
                    "'1969-12-31 23:59:59" + most + "'",
                    "'2024-03-31 02:30:00'"));
            all.add(of(
                    "timestamp_" + digits,
                    "timestamp(" + digits + ")",
                    "'0000-00-00 00:00:00'",
                    "'1970-01-01 00:00:01'",
                    "'1970-01-01 00:00:01" + least + "'",
                    "'2038-01-19 03:14:07" + most + "'",
                    "'2024-03-31 02:30:00" + middle + "'",
                    "'2024-10-27 01:30:00" + least + "'"));
            all.add(of(
                    "time_" + digits,
                    "time(" + digits + ")",
                    "'-838:59:59'",
                    "'838:59:59'",
                    "'00:00:00'",
                    "'-00:00:00" + least + "'",
                    "'00:00:00" + least + "'",
                    "'-00:00:01" + middle + "'",
                    "'-838:59:58" + most + "'",
                    "'838:59:58" + most + "'",
                    "'-01:00:00" + most + "'",
                    "'100:00:00" + middle + "'",
                    "'23:59:59" + most + "'"));
        }
        return all;
    }

    static List<Edges> documents() {
        String deep = "[".repeat(99) + "]".repeat(99);
        return List.of(of(
                "json",
                "json",
                "'null'",
                "'true'",
                "'[]'",
                "'{}'",
                "'\"\"'",
                "'0'",
                "'-0.0'",
                "'1.0'",
                "'1.5'",
                "'1e100'",
                "'-1e-7'",
                "'0.1'",
                "'123456789012345678'",
                "'9223372036854775807'",
                "'-9223372036854775808'",
                "'9223372036854775808'",
                "'18446744073709551615'",
                "'18446744073709551616'",
                "'1.7976931348623157e308'",
                "'2.2250738585072014e-308'",
                "'" + deep + "'",
                "'{\"b\": 1, \"a\": [1, null, \"é漢😀\"], \"aa\": {\"\": \"it''s\"}}'",
                "'\"\\\\u0000\\\\u001f\\\\b\\\\f\\\\n\\\\r\\\\t\\\\\"\\\\\\\\/\"'",
                "json_quote(_utf8mb4 x'7FC280E280A8EFBFBDF48FBFBF')",
                "json_array(true, false, null, 1, -1, 65535, 65536, -32768, -32769, 4294967295, 4294967296)",
                "json_object('k', repeat('x', 70000), 'l', json_array(repeat('y', 300)))"));
    }

    /** What only functions put into a JSON value: a text of it is another value. */
    static Edges opaque() {
        return of(
                "json_opaque",
                "json",
                "cast(cast(1.10 as decimal(10,2)) as json)",
                "cast(cast('1234567890123456789.5' as decimal(65,1)) as json)",
                "json_array(cast(1.5 as decimal(10,1)))",
                "cast(cast('2020-01-02 03:04:05.000006' as datetime(6)) as json)",
                "cast(cast('2020-01-02' as date) as json)",
                "cast(cast('12:34:56.000007' as time(6)) as json)",
                "json_array(x'00FF27')",
                "cast(b'101' as json)");
    }

    static List<Edges> shapes() {
        List<Edges> all = new ArrayList<>();
        String[] kinds = {
            "point",
            "POINT(1 2)",
            "linestring",
            "LINESTRING(0 0,1 1,2.5 -3)",
            "polygon",
            "POLYGON((0 0,10 0,10 10,0 10,0 0),(5 5,7 5,7 7,5 7,5 5))",
            "multipoint",
            "MULTIPOINT(0 0,1 1)",
            "multilinestring",
            "MULTILINESTRING((0 0,1 1),(2 2,3 3))",
            "multipolygon",
            "MULTIPOLYGON(((0 0,1 0,1 1,0 1,0 0)),((5 5,6 5,6 6,5 6,5 5)))",
            "geometrycollection",
            "GEOMETRYCOLLECTION(POINT(1 1),LINESTRING(0 0,1 1))"
        };
        List<String> any = new ArrayList<>();
        for (int i = 0; i < kinds.length; i += 2) {
            String in0 = "st_geomfromtext('" + kinds[i + 1] + "')";
            String in4326 = "st_geomfromtext('" + kinds[i + 1] + "', 4326)";
            String in3857 = "st_geomfromtext('" + kinds[i + 1] + "', 3857)";
            all.add(of(kinds[i], kinds[i], in0, in4326, in3857));
            Collections.addAll(any, in0, in4326);
        }
        any.add("st_geomfromtext('GEOMETRYCOLLECTION EMPTY')");
        any.add("st_geomfromtext('POINT(1e300 -1e-300)')");
        all.add(new Edges("geometry", "geometry", any));
        all.add(of(
                "point_4326",
                "point srid 4326",
                "st_geomfromtext('POINT(1 2)', 4326)",
                "st_geomfromtext('POINT(-90 180)', 4326)"));
        return all;
    }

    static List<Edges> all() {
        List<Edges> all = new ArrayList<>();
        all.addAll(numbers());
        all.addAll(floats());
        all.addAll(times());
        all.addAll(TextEdges.strings());
        all.addAll(TextEdges.choices());
        all.addAll(documents());
        all.addAll(shapes());
        return all;
    }
}
