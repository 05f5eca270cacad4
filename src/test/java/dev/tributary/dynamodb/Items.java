package dev.tributary.dynamodb;

import dev.tributary.servers.DynamoDb;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Items as both sides have them, each as one text: every value with its type and exactly, whatever column it is in. Read off the
 * target by the rule that the README gives, with no code of the pipeline's.
 */
final class Items {
    private Items() {}

    /** By their keys. */
    static Map<String, String> ofSource(DynamoDb source, String table, List<String> key) {
        Map<String, String> items = new TreeMap<>();
        for (Map<String, AttributeValue> item : source.scan(table)) {
            Map<String, String> values = new TreeMap<>();
            item.forEach((name, value) -> values.put(name, text(value)));
            add(items, values, key);
        }
        return items;
    }

    private static void add(Map<String, String> items, Map<String, String> values, List<String> key) {
        String name = key.stream().map(values::get).collect(Collectors.joining("|"));
        if (items.put(name, values.toString()) != null) {
            throw new AssertionError("twice: " + name);
        }
    }

    private static String text(AttributeValue value) {
        return switch (value.type()) {
            case S -> "S:" + value.s();
            case N -> number(value.n());
            case B -> "B:" + Base64.getEncoder().encodeToString(value.b().asByteArray());
            case BOOL -> "BOOL:" + value.bool();
            case NUL -> "NULL";
            case SS -> "SS:" + new TreeSet<>(value.ss());
            case NS ->
                "NS:" + new TreeSet<>(value.ns().stream().map(Items::number).toList());
            case BS ->
                "BS:"
                        + new TreeSet<>(value.bs().stream()
                                .map(bytes -> Base64.getEncoder().encodeToString(bytes.asByteArray()))
                                .toList());
            case L -> "L:" + value.l().stream().map(Items::text).toList();
            case M -> {
                Map<String, String> values = new TreeMap<>();
                value.m().forEach((name, of) -> values.put(name, text(of)));
                yield "M:" + values;
            }
            default -> throw new AssertionError(value.type());
        };
    }

    private static String number(String digits) {
        BigDecimal number = new BigDecimal(digits);
        return "N:" + (number.signum() == 0 ? "0" : number.stripTrailingZeros().toString());
    }

    /** @param key names of the key's attributes, which are texts unless they are numbers at the target */
    static Map<String, String> ofTarget(Carried carried, String table, List<String> key) throws SQLException {
        List<List<@Nullable String>> columns =
                carried.query("SELECT COLUMN_NAME, COLUMN_TYPE FROM information_schema.COLUMNS"
                        + " WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '" + table
                        + "' ORDER BY ORDINAL_POSITION");
        List<String> terms = new ArrayList<>();
        for (List<@Nullable String> column : columns) {
            String type = String.valueOf(column.get(1));
            String name = "`" + String.valueOf(column.get(0)).replace("`", "``") + "`";
            boolean bytes = type.contains("blob") || type.contains("varbinary");
            terms.add(bytes ? "HEX(" + name + ")" : name);
        }
        // an attribute may well be named _item where items are columns
        boolean whole = columns.stream().noneMatch(column -> "_other".equals(column.get(0)));
        Map<String, String> items = new TreeMap<>();
        for (List<@Nullable String> row :
                carried.query("SELECT " + String.join(", ", terms) + " FROM `" + table + "`")) {
            Map<String, String> values = new TreeMap<>();
            for (int i = 0; i < columns.size(); i++) {
                String name = String.valueOf(columns.get(i).get(0));
                String value = row.get(i);
                if (value != null && name.equals(whole ? "_item" : "_other")) {
                    new JsonObject(value)
                            .forEach(entry -> values.put(entry.getKey(), text((JsonObject) entry.getValue())));
                } else if (value != null) {
                    values.put(name, text(String.valueOf(columns.get(i).get(1)), value, key.contains(name)));
                }
            }
            add(items, values, key);
        }
        return items;
    }

    private static String text(String type, String value, boolean key) {
        if (type.contains("blob") || type.contains("varbinary")) {
            byte[] bytes = java.util.HexFormat.of().parseHex(value);
            return key
                    ? "S:" + new String(bytes, StandardCharsets.UTF_8)
                    : "B:" + Base64.getEncoder().encodeToString(bytes);
        }
        if (type.equals("tinyint(1)")) {
            return "BOOL:" + (value.equals("1") || value.equals("true"));
        }
        if (type.startsWith("bigint") || type.startsWith("decimal")) {
            return number(value);
        }
        // MariaDB's name of it
        return type.equals("json") || type.equals("longtext") ? text(new JsonObject(value)) : "S:" + value;
    }

    private static String text(JsonObject typed) {
        String type = typed.fieldNames().iterator().next();
        return switch (type) {
            case "S", "B" -> type + ":" + typed.getString(type);
            case "N" -> number(typed.getString(type));
            case "BOOL" -> "BOOL:" + typed.getBoolean(type);
            case "NULL" -> "NULL";
            case "SS", "BS" -> type + ":" + new TreeSet<>(texts(typed.getJsonArray(type)));
            case "NS" ->
                "NS:"
                        + new TreeSet<>(texts(typed.getJsonArray(type)).stream()
                                .map(Items::number)
                                .toList());
            case "L" -> {
                List<String> values = new ArrayList<>();
                typed.getJsonArray(type).forEach(value -> values.add(text((JsonObject) value)));
                yield "L:" + values;
            }
            case "M" -> {
                Map<String, String> values = new TreeMap<>();
                typed.getJsonObject(type)
                        .forEach(entry -> values.put(entry.getKey(), text((JsonObject) entry.getValue())));
                yield "M:" + values;
            }
            default -> throw new AssertionError(type);
        };
    }

    private static List<String> texts(JsonArray array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add((String) text));
        return texts;
    }
}
