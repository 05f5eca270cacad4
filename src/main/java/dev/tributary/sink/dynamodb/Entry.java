package dev.tributary.sink.dynamodb;

import dev.tributary.record.Position;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** An entry of the checkpoint table as it was read; without values if it is not there. */
record Entry(Map<String, AttributeValue> values) {
    boolean isThere() {
        return !values.isEmpty();
    }

    EntryId id() {
        return new EntryId(text(EntryId.GROUP), text(EntryId.ENTRY));
    }

    /** Empty if there is none. */
    String text(String name) {
        AttributeValue value = values.get(name);
        return value == null || value.s() == null ? "" : value.s();
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    /** 0 if there is none. */
    long number(String name) {
        AttributeValue value = values.get(name);
        return value == null || value.n() == null ? 0 : Long.parseLong(value.n());
    }

    boolean flag(String name) {
        AttributeValue value = values.get(name);
        return value != null && Boolean.TRUE.equals(value.bool());
    }

    @Nullable
    Position position() {
        return has("position") ? new Position(text("position")) : null;
    }
}
