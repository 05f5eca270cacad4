package dev.tributary.sink.dynamodb;

import dev.tributary.config.Settings.SchemaPolicy;
import dev.tributary.record.ColumnDefinition;
import dev.tributary.record.SourceTable;
import dev.tributary.record.TableId;
import dev.tributary.record.TableSchema;
import dev.tributary.route.TargetTable;
import dev.tributary.sink.dynamodb.TargetKey.Attribute;
import dev.tributary.sink.dynamodb.TargetKey.KeyColumn;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;

/** The target's tables: makes those that are missing, and sees that the others have the right keys. Safe for any thread. */
final class TargetTables {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{3,255}");

    private final TargetAddress address;
    private final Entries service;
    private final TableMaker maker;
    private final SchemaPolicy policy;
    private final KeptKeys keys;
    /** Names of columns that take no NULL, by source table. */
    private final Map<TableId, Set<String>> notNull = new ConcurrentHashMap<>();
    /** By the name that the router gives them. */
    private final Map<String, Known> known = new ConcurrentHashMap<>();
    /** Tables of the source. */
    private volatile Set<String> avoided = Set.of();

    /**
     * A table that is there.
     *
     * @param name its full name
     * @param notNull the source's columns that take no NULL, as far as they are known
     */
    record Known(String name, TargetKey key, Set<String> notNull) {}

    TargetTables(TargetAddress address, Entries service, SchemaPolicy policy, KeptKeys keys) {
        this.address = address;
        this.service = service;
        this.maker = new TableMaker(service);
        this.policy = policy;
        this.keys = keys;
    }

    /** @param identities of tables that are not to be written */
    void avoid(Set<String> identities) {
        avoided = Set.copyOf(identities);
    }

    /** Empty if it is not there. */
    Uni<Optional<TableDescription>> describe(String name) {
        return maker.describe(name);
    }

    /** One that was made ready; null if none was. */
    @Nullable
    Known known(String table) {
        return known.get(table);
    }

    /** Makes ready what is missing. */
    Uni<Void> prepare(Map<SourceTable, TargetTable> sources) {
        sources.keySet().forEach(source -> notNull.put(source.id(), TableChecks.notNull(source)));
        return Entries.forEach(wanted(sources), this::ready);
    }

    /** Whether all of it could be made ready; makes nothing. */
    Uni<Void> verify(Map<SourceTable, TargetTable> sources) {
        return Entries.forEach(
                wanted(sources),
                wanted -> keys.verify(where(wanted), wanted.table(), key(wanted))
                        .chain(() -> looked(wanted))
                        .replaceWithVoid());
    }

    /** A table that a record's metadata names. */
    Uni<Void> meet(TargetTable target, TableSchema schema) {
        List<KeyColumn> columns = schema.columns().stream()
                .map(column -> new KeyColumn(column.name(), column.type(), column.isBinary()))
                .toList();
        return ready(wanted(target, columns, target.keyColumns(), notNull.getOrDefault(schema.table(), Set.of())));
    }

    /** Its key is kept before rows are written by it, and when the table can be theirs. */
    private Uni<Void> ready(Wanted wanted) {
        Known made = wanted.known();
        return looked(wanted)
                .call(there -> keys.keep(where(wanted), wanted.table(), key(wanted)))
                .flatMap(there -> maker.usable(made.name(), there, made.key().attributes()))
                .invoke(() -> known.put(wanted.table(), made));
    }

    private static String where(Wanted wanted) {
        return "table '" + wanted.known().name() + "': ";
    }

    private static List<String> key(Wanted wanted) {
        return wanted.known().key().columns();
    }

    private record Wanted(String table, Known known) {}

    private List<Wanted> wanted(Map<SourceTable, TargetTable> sources) {
        List<Wanted> all = new ArrayList<>();
        sources.forEach((source, target) -> {
            if (!source.isGone() && !source.elsewhere()) {
                all.add(wanted(source, target));
            }
        });
        return all;
    }

    private Wanted wanted(SourceTable source, TargetTable target) {
        List<KeyColumn> columns = TableChecks.declared(source).stream()
                .map(column -> new KeyColumn(
                        column.name(), column.type(), ColumnDefinition.isBytes(ColumnValue.base(column.type()))))
                .toList();
        return wanted(target, columns, target.keyColumns(), TableChecks.notNull(source));
    }

    private Wanted wanted(TargetTable target, List<KeyColumn> columns, List<String> key, Set<String> notNull) {
        String name = address.prefix() + target.name();
        if (!NAME.matcher(name).matches()) {
            throw address.url()
                    .wrong("'" + name
                            + "' is no name of a DynamoDB table, which has 3 to 255 letters, digits, '_', '.' and"
                            + " '-': set TRIBUTARY_TABLE or a prefix (dynamodb://region/prefix), or leave the table out"
                            + " (TRIBUTARY_SOURCE, parameter 'exclude')");
        }
        if (name.equals(service.table())) {
            throw address.url()
                    .wrong("table '" + name
                            + "' is where the checkpoints are; set a prefix (dynamodb://region/prefix)");
        }
        List<KeyColumn> found = key.stream()
                .map(column -> columns.stream()
                        .filter(other -> other.name().equals(column))
                        .findFirst()
                        .or(() -> columns.stream()
                                .filter(other -> other.name().equalsIgnoreCase(column))
                                .findFirst())
                        .orElseThrow(() -> address.url()
                                .wrong("table '" + name + "': its key column " + column + " is none of its columns")))
                .toList();
        return new Wanted(target.name(), new Known(name, TargetKey.of(address.url(), name, found), notNull));
    }

    /** The table as it is there, which can be the wanted one's; empty if it may be made. */
    private Uni<Optional<TableDescription>> looked(Wanted wanted) {
        String name = wanted.known().name();
        return maker.describe(name).invoke(there -> {
            if (there.isPresent()) {
                verify(wanted.known(), there.get());
            } else if (policy == SchemaPolicy.NONE) {
                throw address.url()
                        .wrong("table '" + name + "' is not there, and TRIBUTARY_SCHEMA=none creates none; its key is "
                                + wanted.known().key());
            }
        });
    }

    private void verify(Known wanted, TableDescription there) {
        if (avoided.contains(address.service().identity(there.tableArn()))) {
            throw address.url()
                    .wrong("table '" + wanted.name()
                            + "' is the source's own: set another region, or a prefix (dynamodb://region/prefix)");
        }
        List<Attribute> found = new ArrayList<>();
        for (KeyType type : List.of(KeyType.HASH, KeyType.RANGE)) {
            there.keySchema().stream()
                    .filter(element -> element.keyType() == type)
                    .map(KeySchemaElement::attributeName)
                    .forEach(name -> found.add(new Attribute(name, type(there, name))));
        }
        if (!found.equals(wanted.key().attributes())) {
            throw address.url()
                    .wrong(
                            "table '" + wanted.name() + "' has the key "
                                    + new TargetKey(List.of(), found) + ", but the source's rows need " + wanted.key()
                                    + ": remove it, or set another name (TRIBUTARY_TABLE, or a prefix: dynamodb://region/prefix)");
        }
    }

    private static ScalarAttributeType type(TableDescription table, String attribute) {
        return table.attributeDefinitions().stream()
                .filter(definition -> definition.attributeName().equals(attribute))
                .findFirst()
                .orElseThrow()
                .attributeType();
    }

    /** Makes the table of the checkpoints, if it is not there. */
    Uni<Void> createCheckpoints(String name) {
        List<Attribute> key = List.of(
                new Attribute(EntryId.GROUP, ScalarAttributeType.S),
                new Attribute(EntryId.ENTRY, ScalarAttributeType.S));
        return maker.describe(name).flatMap(there -> {
            there.ifPresent(found -> verify(new Known(name, new TargetKey(List.of(), key), Set.of()), found));
            return maker.usable(name, there, key);
        });
    }
}
