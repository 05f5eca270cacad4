package dev.tributary.sink.dynamodb;

import dev.tributary.dynamodb.ItemNumber;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Bytes of items as the service counts them, names included; of numbers never more than it does. */
final class ItemSize {
    /** Of an item. */
    static final int MOST = 400 * 1024;

    private static final int DIGITS_A_BYTE = 2;
    private static final int NESTED = 3;

    private ItemSize() {}

    static int of(Map<String, AttributeValue> item) {
        int size = 0;
        for (Map.Entry<String, AttributeValue> entry : item.entrySet()) {
            size += utf8(entry.getKey()) + of(entry.getValue());
        }
        return size;
    }

    private static int of(AttributeValue value) {
        return switch (value.type()) {
            case S -> utf8(value.s());
            case N -> number(value.n());
            case B -> value.b().asByteArrayUnsafe().length;
            case BOOL, NUL -> 1;
            case SS -> value.ss().stream().mapToInt(ItemSize::utf8).sum();
            case NS -> value.ns().stream().mapToInt(ItemSize::number).sum();
            case BS -> bytes(value.bs());
            case L -> NESTED + value.l().stream().mapToInt(of -> 1 + of(of)).sum();
            case M -> NESTED + value.m().size() + of(value.m());
            case UNKNOWN_TO_SDK_VERSION -> 0;
        };
    }

    private static int bytes(List<SdkBytes> values) {
        return values.stream().mapToInt(of -> of.asByteArrayUnsafe().length).sum();
    }

    private static int number(String text) {
        return 1 + ItemNumber.canonical(text).precision() / DIGITS_A_BYTE;
    }

    static int utf8(String text) {
        int size = text.length();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                // of a pair of surrogates each counts two
                size += c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
            }
        }
        return size;
    }
}
