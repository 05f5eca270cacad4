package dev.tributary.diff;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a row is found again by: the texts of its key's columns, or its digest where it has no key. */
record RowKey(List<@Nullable String> texts) {
    RowKey {
        texts = Collections.unmodifiableList(new ArrayList<>(texts));
    }

    @Nullable
    String text(int column) {
        return texts.get(column);
    }
}
