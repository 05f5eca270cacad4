package dev.tributary.seeds;

import static dev.tributary.seeds.ColumnKind.oneOf;

import java.util.Random;

/** JSON and geometries. */
final class DocumentKinds {
    private DocumentKinds() {}

    static ColumnKind any(Random random) {
        if (random.nextBoolean()) {
            return new ColumnKind("json", some -> json(some, 4), null);
        }
        return switch (random.nextInt(5)) {
            case 0 -> geometry("point", "POINT(%s)");
            case 1 -> geometry("linestring", "LINESTRING(%s,%s)");
            case 2 -> geometry("polygon", "POLYGON((0 0,0 5,5 5,5 0,0 0))");
            case 3 -> geometry("geometrycollection", "GEOMETRYCOLLECTION(POINT(%s),LINESTRING(%s,%s))");
            default -> geometry("geometry", "MULTIPOINT((%s),(%s))");
        };
    }

    private static ColumnKind geometry(String type, String wkt) {
        return new ColumnKind(
                type,
                some -> "ST_GeomFromText('" + wkt.formatted(point(some), point(some), point(some)) + "', "
                        + oneOf(some, 0, 4326) + ")",
                null);
    }

    private static String point(Random random) {
        return (random.nextInt(1_800) - 900) / 10.0 + " " + (random.nextInt(1_800) - 900) / 10.0;
    }

    private static String json(Random random, int depth) {
        return switch (random.nextInt(depth == 0 ? 9 : 12)) {
            case 0 -> "CAST('null' AS JSON)";
            case 1 -> "CAST('" + oneOf(random, "true", "false", "[]", "{}", "\"\"") + "' AS JSON)";
            case 2 ->
                "CAST('" + oneOf(random, "18446744073709551615", "-9223372036854775808", "0.1", "1e300") + "' AS JSON)";
            // not more digits than a DOUBLE has, and no time below zero: limits that the README names
            case 3 -> "CAST(CAST(123456789.1234 AS DECIMAL(30,4)) AS JSON)";
            case 4 -> "CAST(CAST('2024-02-29 01:02:03.456789' AS DATETIME(6)) AS JSON)";
            case 5 -> "CAST(CAST('12:34:56.7' AS TIME(1)) AS JSON)";
            case 6 -> "JSON_ARRAY(X'00ff10', b'101')";
            case 7 -> "JSON_QUOTE(" + TextKinds.literal(oneOf(random, "ünï 🚲", "a\"b\\c", "日本\n\t", "")) + ")";
            case 8 -> "CAST('" + random.nextInt(1_000) + "' AS JSON)";
            case 9 -> "JSON_ARRAY(" + json(random, depth - 1) + ", NULL, " + json(random, depth - 1) + ")";
            default ->
                "JSON_OBJECT('k" + random.nextInt(5) + "', " + json(random, depth - 1) + ", 'ü \"q\"', "
                        + json(random, depth - 1) + ")";
        };
    }
}
