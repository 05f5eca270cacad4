package dev.tributary.seeds;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** ENUM and SET. */
final class LabelKinds {
    private static final List<String> LABELS = List.of(
            "a",
            "B",
            "two words",
            "quote''d",
            "back\\\\slash",
            "dotted.",
            "\"double\"",
            "ünï",
            "日本",
            "0",
            "1",
            "x-y",
            "(z)");

    private LabelKinds() {}

    static ColumnKind any(Random random) {
        List<String> labels = new ArrayList<>(LABELS);
        Collections.shuffle(labels, random);
        labels = new ArrayList<>(labels.subList(0, 1 + random.nextInt(labels.size())));
        boolean many = random.nextInt(4) == 0;
        if (random.nextBoolean()) {
            if (random.nextBoolean()) {
                labels.add("one, two");
            }
            int count = labels.size();
            // the index of none of them is the empty string
            return new ColumnKind(
                    "enum('" + String.join("','", labels) + "')",
                    some -> String.valueOf(some.nextInt(count + 1)),
                    count < 10 ? null : number -> String.valueOf(number + 1),
                    true,
                    "");
        }
        for (int i = labels.size(); many && i < 64; i++) {
            labels.add("m" + i);
        }
        int count = labels.size();
        return new ColumnKind(
                "set('" + String.join("','", labels) + "')",
                some -> Long.toUnsignedString(some.nextLong() >>> (64 - count)),
                count < 4 ? null : String::valueOf,
                true,
                "");
    }
}
