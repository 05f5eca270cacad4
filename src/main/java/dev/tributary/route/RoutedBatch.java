package dev.tributary.route;

import dev.tributary.record.ChangeBatch;
import dev.tributary.record.ChangeRecord;
import dev.tributary.record.TableSchema;
import java.util.List;

/**
 * A batch with its records sorted by target table.
 *
 * @param batch the batch as it was read
 * @param groups its records by target table and shape; within a group in source order. Groups of one target table follow
 *     each other in source order: a change of shape in the middle of a batch starts a new group
 */
public record RoutedBatch(ChangeBatch batch, List<Group> groups) {
    /** Records of one shape that go to one table, in source order. */
    public record Group(TargetTable target, TableSchema schema, List<ChangeRecord> records) {}
}
