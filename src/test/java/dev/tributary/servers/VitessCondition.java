package dev.tributary.servers;

import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** What {@link NeedsVitess} asks before a test. */
final class VitessCondition implements ExecutionCondition {

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return evaluate(VitessTools.unavailableReason(), "true".equals(System.getenv("CI")));
    }

    static ConditionEvaluationResult evaluate(Optional<String> unavailable, boolean mustRun) {
        if (unavailable.isEmpty()) {
            return ConditionEvaluationResult.enabled("Vitess can be had");
        }
        if (mustRun) {
            throw new IllegalStateException("CI=true and no test may be skipped: " + unavailable.get());
        }
        return ConditionEvaluationResult.disabled(unavailable.get());
    }
}
