package dev.tributary.sink.mysql;

import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.SchemaStep;
import dev.tributary.record.TableId;

/**
 * Why a schema change is not followed: the stream stops in front of it, and nothing is lost.
 *
 * @param where which shard's stream has come to what
 */
record SchemaRefusal(String where) {
    static final String BY_HAND =
            "make the same change at the target and start again, once with TRIBUTARY_SCHEMA=create,"
                    + " which lets it pass";
    static final String DROPS =
            "set TRIBUTARY_SCHEMA_DROPS=keep to keep it at the target, or =apply to do the same there";

    static SchemaRefusal of(SchemaStep step, String table) {
        return new SchemaRefusal("shard " + step.shard() + ", table " + table + ": the schema change \""
                + step.change().shown() + "\" can't be followed: ");
    }

    /** Of a table whose columns are not as the target's. */
    static SchemaRefusal of(TableId table) {
        return new SchemaRefusal("table " + table + ": its new columns can't be followed: ");
    }

    PipelineException because(String why) {
        return new PipelineException(Kind.FATAL, where + why);
    }
}
