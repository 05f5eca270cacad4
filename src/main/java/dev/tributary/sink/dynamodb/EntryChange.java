package dev.tributary.sink.dynamodb;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

/**
 * A change of one entry of the checkpoint table, made if its condition holds. Attributes are written in braces in conditions, values
 * as question marks: {@code {epoch} = ?}. Built by one thread.
 */
final class EntryChange {
    private static final Pattern PLACE = Pattern.compile("\\{(\\w+)}|\\?");

    private final EntryId id;
    private final Map<String, String> names = new HashMap<>();
    private final Map<String, AttributeValue> values = new HashMap<>();
    private final List<String> sets = new ArrayList<>();
    private final List<String> removes = new ArrayList<>();
    private String condition = "";
    private boolean delete;

    EntryChange(EntryId id) {
        this.id = id;
    }

    EntryId id() {
        return id;
    }

    EntryChange set(String name, String value) {
        return set(name, AttributeValue.fromS(value));
    }

    EntryChange set(String name, long value) {
        return set(name, AttributeValue.fromN(String.valueOf(value)));
    }

    EntryChange set(String name, boolean value) {
        return set(name, AttributeValue.fromBool(value));
    }

    EntryChange set(String name, AttributeValue value) {
        sets.add(name(name) + " = " + value(value));
        return this;
    }

    /** Keeps what is there. */
    EntryChange setIfAbsent(String name, String value) {
        sets.add(name(name) + " = if_not_exists(" + name(name) + ", " + value(AttributeValue.fromS(value)) + ")");
        return this;
    }

    /** One more; the first is 1. */
    EntryChange raise(String name) {
        sets.add(name(name) + " = if_not_exists(" + name(name) + ", " + value(AttributeValue.fromN("0")) + ") + "
                + value(AttributeValue.fromN("1")));
        return this;
    }

    EntryChange remove(String name) {
        removes.add(name(name));
        return this;
    }

    /** The entry is to go; nothing is set. */
    EntryChange delete() {
        delete = true;
        return this;
    }

    /** @param parameters texts, numbers or booleans */
    EntryChange when(String text, Object... parameters) {
        StringBuilder made = new StringBuilder();
        Matcher places = PLACE.matcher(text);
        int next = 0;
        while (places.find()) {
            String place = places.group(1) == null ? value(of(parameters[next++])) : name(places.group(1));
            places.appendReplacement(made, Matcher.quoteReplacement(place));
        }
        places.appendTail(made);
        condition = condition.isEmpty() ? made.toString() : condition + " AND (" + made + ")";
        return this;
    }

    private static AttributeValue of(Object parameter) {
        return switch (parameter) {
            case String text -> AttributeValue.fromS(text);
            case Boolean flag -> AttributeValue.fromBool(flag);
            case Long number -> AttributeValue.fromN(number.toString());
            default -> throw new IllegalArgumentException("no parameter: " + parameter.getClass());
        };
    }

    private String name(String name) {
        names.put("#" + name, name);
        return "#" + name;
    }

    private String value(AttributeValue value) {
        String name = ":v" + values.size();
        values.put(name, value);
        return name;
    }

    private String update() {
        return (sets.isEmpty() ? "" : "SET " + String.join(", ", sets))
                + (removes.isEmpty() ? "" : " REMOVE " + String.join(", ", removes));
    }

    UpdateItemRequest toRequest(String table) {
        UpdateItemRequest.Builder request = UpdateItemRequest.builder()
                .tableName(table)
                .key(id.key())
                .updateExpression(update().strip())
                .expressionAttributeNames(names)
                .returnValues(ReturnValue.ALL_NEW);
        if (!condition.isEmpty()) {
            request.conditionExpression(condition);
        }
        if (!values.isEmpty()) {
            request.expressionAttributeValues(values);
        }
        return request.build();
    }

    /** A change that changes nothing is only its condition. */
    TransactWriteItem toTransaction(String table) {
        Map<String, AttributeValue> given = values.isEmpty() ? null : values;
        Map<String, String> named = names.isEmpty() ? null : names;
        String only = condition.isEmpty() ? null : condition;
        if (delete) {
            return TransactWriteItem.builder()
                    .delete(request -> request.tableName(table)
                            .key(id.key())
                            .conditionExpression(only)
                            .expressionAttributeNames(named)
                            .expressionAttributeValues(given))
                    .build();
        }
        if (sets.isEmpty() && removes.isEmpty()) {
            return TransactWriteItem.builder()
                    .conditionCheck(request -> request.tableName(table)
                            .key(id.key())
                            .conditionExpression(condition)
                            .expressionAttributeNames(named)
                            .expressionAttributeValues(given))
                    .build();
        }
        return TransactWriteItem.builder()
                .update(request -> request.tableName(table)
                        .key(id.key())
                        .updateExpression(update().strip())
                        .conditionExpression(only)
                        .expressionAttributeNames(named)
                        .expressionAttributeValues(given))
                .build();
    }
}
