package dev.tributary.sink.mysql;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Whether a column of the target holds every value that one of the source can have, exactly. */
final class ColumnFit {
    private static final Map<String, Integer> INTEGER_BITS =
            Map.of("tinyint", 8, "smallint", 16, "mediumint", 24, "int", 32, "bigint", 64);
    private static final Map<String, Long> TEXT_BYTES =
            Map.of("tinytext", 255L, "text", 65_535L, "mediumtext", 16_777_215L, "longtext", 4_294_967_295L);
    private static final Map<String, Long> BLOB_BYTES =
            Map.of("tinyblob", 255L, "blob", 65_535L, "mediumblob", 16_777_215L, "longblob", 4_294_967_295L);
    private static final Set<String> FRACTIONAL = Set.of("datetime", "timestamp", "time");
    private static final Set<String> SHAPES = Set.of(
            "geometry",
            "point",
            "linestring",
            "polygon",
            "multipoint",
            "multilinestring",
            "multipolygon",
            "geometrycollection");
    private static final Set<String> OTHERS = Set.of("float", "double", "decimal", "bit", "year", "date", "json");

    private ColumnFit() {}

    /** Whether this is a type that is judged; what a later server brings is not. */
    private static boolean isKnown(ColumnType type) {
        String base = type.base();
        return INTEGER_BITS.containsKey(base)
                || FRACTIONAL.contains(base)
                || SHAPES.contains(base)
                || OTHERS.contains(base)
                || TextFit.isText(base)
                || isBytes(base);
    }

    static boolean holds(ColumnType source, ColumnType target) {
        if (!isKnown(source) || !isKnown(target)) {
            return source.base().equals(target.base()) && source.numbers().equals(target.numbers());
        }
        String into = target.base();
        return switch (source.base()) {
            case "tinyint", "smallint", "mediumint", "int", "bigint" -> holdsInteger(source, target);
            case "decimal" -> into.equals("decimal") && holdsDecimal(source, target);
            case "float" -> (into.equals("float") || into.equals("double")) && holdsDigits(source, target);
            case "double" -> into.equals("double") && holdsDigits(source, target);
            case "bit" -> into.equals("bit") && target.length() >= source.length();
            case "date" -> into.equals("date") || into.equals("datetime");
            case "datetime", "timestamp", "time" -> into.equals(source.base()) && target.length() >= source.length();
            // MariaDB's JSON is a LONGTEXT
            case "json" -> into.equals("json") || (into.equals("longtext") && TextFit.isUnicode(target));
            case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob" -> holdsBytes(source, target);
            case String base when TextFit.isText(base) -> TextFit.holds(source, target);
            case String base when SHAPES.contains(base) -> into.equals(base) || into.equals("geometry");
            default -> into.equals(source.base());
        };
    }

    private static boolean holdsInteger(ColumnType source, ColumnType target) {
        if (target.base().equals("decimal")) {
            int digits = target.numbers().get(0) - target.numbers().get(1);
            return (source.unsigned() || !target.unsigned())
                    && digits >= highest(source).toString().length();
        }
        return INTEGER_BITS.containsKey(target.base())
                && highest(target).compareTo(highest(source)) >= 0
                && (source.unsigned() || !target.unsigned());
    }

    private static BigInteger highest(ColumnType integer) {
        int bits = INTEGER_BITS.getOrDefault(integer.base(), 0) - (integer.unsigned() ? 0 : 1);
        return BigInteger.ONE.shiftLeft(bits).subtract(BigInteger.ONE);
    }

    private static boolean holdsDecimal(ColumnType source, ColumnType target) {
        List<Integer> from = source.numbers();
        List<Integer> to = target.numbers();
        return to.get(1) >= from.get(1)
                && to.get(0) - to.get(1) >= from.get(0) - from.get(1)
                && (source.unsigned() || !target.unsigned());
    }

    /** One with a number of digits rounds to them. */
    private static boolean holdsDigits(ColumnType source, ColumnType target) {
        return (target.numbers().isEmpty() || target.numbers().equals(source.numbers()))
                && (source.unsigned() || !target.unsigned());
    }

    private static boolean isBytes(String base) {
        return BLOB_BYTES.containsKey(base) || base.equals("binary") || base.equals("varbinary");
    }

    private static boolean holdsBytes(ColumnType source, ColumnType target) {
        if (!isBytes(target.base())) {
            return false;
        }
        if (target.base().equals("binary")) {
            // it fills up with zeros, which then belong to the value
            return source.base().equals("binary") && source.length() == target.length();
        }
        return capacity(target) >= capacity(source);
    }

    private static long capacity(ColumnType bytes) {
        return BLOB_BYTES.getOrDefault(bytes.base(), (long) bytes.length());
    }

    /** Bytes that a text type holds; 0 of those that count characters. */
    static long textBytes(String base) {
        return TEXT_BYTES.getOrDefault(base, 0L);
    }
}
