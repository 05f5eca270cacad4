package dev.tributary.sink.mysql;

import dev.tributary.config.Settings;
import dev.tributary.config.Settings.DropPolicy;
import dev.tributary.config.Settings.MissingPolicy;
import dev.tributary.config.Settings.SchemaPolicy;

/**
 * How far the target's schema is this pipeline's business.
 *
 * @param policy the setting {@code tributary.schema}
 * @param drops the setting {@code tributary.schema.drops}
 * @param missing the setting {@code tributary.schema.missing}
 */
public record SchemaRules(SchemaPolicy policy, DropPolicy drops, MissingPolicy missing) {
    /** Rules with nothing but a policy set. */
    public static SchemaRules of(SchemaPolicy policy) {
        return new SchemaRules(policy, DropPolicy.STOP, MissingPolicy.STOP);
    }

    public static SchemaRules of(Settings settings) {
        return new SchemaRules(settings.schema(), settings.schemaDrops(), settings.schemaMissing());
    }

    boolean creates() {
        return policy != SchemaPolicy.NONE;
    }

    boolean evolves() {
        return policy == SchemaPolicy.EVOLVE;
    }

    /** Whether columns of the source that the target does not have are left out. */
    boolean skipsMissing() {
        return missing == MissingPolicy.SKIP;
    }
}
