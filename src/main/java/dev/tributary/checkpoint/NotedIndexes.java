package dev.tributary.checkpoint;

import dev.tributary.record.TableId;
import java.util.List;

/**
 * Indexes that a table was created without, so that its copy is quicker.
 *
 * @param target the table's name at the target
 * @param definitions as they are said in a {@code CREATE TABLE}, one at least
 * @param mark another one means that others were noted since
 * @param copied whether every shard that has begun with the table has copied it
 */
public record NotedIndexes(TableId source, String target, List<String> definitions, long mark, boolean copied) {
    public NotedIndexes {
        definitions = List.copyOf(definitions);
    }
}
