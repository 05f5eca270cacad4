package dev.tributary.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class VitessConditionTest {

    @Test
    void runsTheTestWhereVitessCanBeHad() {
        assertThat(VitessCondition.evaluate(Optional.empty(), false).isDisabled())
                .isFalse();
        assertThat(VitessCondition.evaluate(Optional.empty(), true).isDisabled())
                .isFalse();
    }

    @Test
    void skipsTheTestWithTheLineThatSaysWhatToInstall() {
        assertThat(VitessCondition.evaluate(Optional.of("install Go"), false).getReason())
                .contains("install Go");
    }

    @Test
    void failsTheTestWhereNoneMayBeSkipped() {
        assertThatThrownBy(() -> VitessCondition.evaluate(Optional.of("install Go"), true))
                .hasMessageContaining("install Go");
    }
}
