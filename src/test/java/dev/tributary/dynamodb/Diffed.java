package dev.tributary.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.TributaryProcess;
import java.util.List;

/** What the verb {@code diff} says, as a process of its own. */
record Diffed(int exitCode, List<String> lines, String said) {
    static Diffed of(TributaryProcess.Start start) {
        try (TributaryProcess diff = start.start()) {
            int code = diff.exitCode(Carried.LIMIT);
            return new Diffed(code, List.copyOf(diff.output()), Carried.said(diff));
        }
    }

    private String everything() {
        return String.join("\n", lines) + "\n" + said;
    }

    void isEqual() {
        assertThat(exitCode).as(this::everything).isZero();
        assertThat(lines).last().asString().as(this::everything).endsWith(" rows, equal");
    }

    /** @param expected all lines but the last */
    void isDifferent(String... expected) {
        assertThat(lines.subList(0, Math.max(0, lines.size() - 1)))
                .as(this::everything)
                .containsExactly(expected);
        assertThat(lines).last().asString().endsWith(", different");
        assertThat(exitCode).isEqualTo(1);
    }

    void couldNotTell(String why) {
        assertThat(exitCode).as(this::everything).isEqualTo(2);
        assertThat(everything()).contains(why).doesNotContain("secret@", "Exception");
    }
}
