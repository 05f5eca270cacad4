package dev.tributary.route;

import dev.tributary.config.KeyColumns;
import dev.tributary.config.Settings;
import dev.tributary.record.ChangeBatch;
import dev.tributary.record.ChangeRecord;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.SourceTable;
import dev.tributary.record.TableSchema;
import dev.tributary.route.RoutedBatch.Group;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides where records go: the table that a record's metadata names wins over the setting, and that over the source
 * table's own name. Without state that changes: safe on any thread.
 */
public final class TableRouter {
    /** The metadata that names a record's target table. */
    public static final String TABLE = "table";
    /** The metadata that names what a record is of, where {@link #TABLE} is not given. */
    public static final String COLLECTION = "opencdc.collection";

    private static final List<String> NAMES = List.of(TABLE, COLLECTION);

    private final @Nullable String table;
    private final KeyColumns keys;

    /**
     * @param table the setting {@code tributary.table}
     * @param keyColumns the setting {@code tributary.key-columns}
     */
    public TableRouter(Optional<String> table, Optional<String> keyColumns) {
        this.table = table.filter(name -> !name.isBlank()).orElse(null);
        this.keys = KeyColumns.parse(keyColumns.orElse(""));
    }

    public TableRouter(Settings settings) {
        this(settings.table(), settings.keyColumns());
    }

    /** Where the rows of every table of a source go, in the same order. */
    public Map<SourceTable, TargetTable> targetsOf(Collection<SourceTable> tables) {
        if (table != null && tables.size() > 1) {
            throw new PipelineException(
                    Kind.SETTING,
                    "TRIBUTARY_TABLE: '" + table + "' can be the target of one source table, but the source has "
                            + tables.size()
                            + "; name the one to read in TRIBUTARY_SOURCE, or leave TRIBUTARY_TABLE out");
        }
        Map<SourceTable, TargetTable> targets = new LinkedHashMap<>();
        for (SourceTable source : tables) {
            targets.put(source, targetOf(source));
        }
        return targets;
    }

    public TargetTable targetOf(SourceTable source) {
        String name = table != null ? table : source.id().name();
        List<String> override = keys.of(name);
        return new TargetTable(name, override != null ? override : source.key());
    }

    public RoutedBatch route(ChangeBatch batch) {
        Grouping grouping = new Grouping();
        List<ChangeRecord> records = batch.records();
        for (int i = 0; i < records.size(); i++) {
            grouping.add(records.get(i));
        }
        return new RoutedBatch(batch, grouping.groups);
    }

    private String tableOf(ChangeRecord record) {
        if (!record.metadata().isEmpty()) {
            for (String name : NAMES) {
                String named = record.metadata().get(name);
                if (named != null && !named.isEmpty()) {
                    return named;
                }
            }
        }
        return table != null ? table : record.schema().table().name();
    }

    private TargetTable target(String name, TableSchema schema) {
        List<String> override = keys.of(name);
        return new TargetTable(name, override != null ? override : keyNames(schema));
    }

    private static List<String> keyNames(TableSchema schema) {
        List<String> names = new ArrayList<>(schema.key().size());
        for (int column : schema.key()) {
            names.add(schema.columns().get(column).name());
        }
        return names;
    }

    /** The groups of one batch, as they grow; nothing in it outlives the batch. */
    @SuppressWarnings("ReferenceEquality") // a source makes one instance for each shape
    private final class Grouping {
        private final List<Group> groups = new ArrayList<>();
        /** By target table, the group that its next record of the same shape joins. */
        private final Map<String, Group> open = new HashMap<>();
        /** What each shape goes to where metadata says nothing: the same for all of its records. */
        private final IdentityHashMap<TableSchema, String> names = new IdentityHashMap<>();

        private @Nullable Group last;
        private boolean lastIsPlain;

        void add(ChangeRecord record) {
            boolean plain = record.metadata().isEmpty();
            Group group = last;
            if (group == null || !plain || !lastIsPlain || group.schema() != record.schema()) {
                group = groupOf(record, plain);
                last = group;
                lastIsPlain = plain;
            }
            group.records().add(record);
        }

        private Group groupOf(ChangeRecord record, boolean plain) {
            TableSchema schema = record.schema();
            String name = plain ? names.computeIfAbsent(schema, s -> tableOf(record)) : tableOf(record);
            Group group = open.get(name);
            if (group == null || group.schema() != schema) {
                group = new Group(target(name, schema), schema, new ArrayList<>());
                groups.add(group);
                open.put(name, group);
            }
            return group;
        }
    }
}
