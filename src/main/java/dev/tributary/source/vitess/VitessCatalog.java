package dev.tributary.source.vitess;

import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.PartId;
import dev.tributary.record.ShardId;
import dev.tributary.record.SourceTable;
import dev.tributary.record.TableId;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.mysqlclient.MySQLConnection;
import io.vertx.sqlclient.Row;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** What there is in a keyspace, asked over VTGate's MySQL port. */
final class VitessCatalog {
    private static final int MOST_RANGES = 16;

    private final VitessGate gate;
    private final VitessAddress address;
    private final long rangeRows;

    private volatile TableShapes shapes = TableShapes.NONE;
    private volatile List<String> leftOut = List.of();
    /** Whether the tables that the setting names were all there once. */
    private volatile boolean verified;

    private volatile List<String> warnings = List.of();

    VitessCatalog(VitessGate gate, VitessAddress address, long rangeRows) {
        this.gate = gate;
        this.address = address;
        this.rangeRows = rangeRows;
    }

    /** The served shards that the address selects, in the order of their names. */
    Uni<List<ShardId>> shards() {
        return servedShards().map(served -> new ServedShards(address, served).selected());
    }

    /** The shards that VTGate knows a tablet of, serving or not. */
    Uni<Set<ShardId>> tabletShards() {
        return gate.ask(
                "listing tablets",
                address.keyspace(),
                connection -> connection.query("show vitess_tablets").execute().map(rows -> {
                    Set<ShardId> shards = new HashSet<>();
                    for (Row row : rows) {
                        shards.add(new ShardId(row.getString(1), row.getString(2)));
                    }
                    return shards;
                }));
    }

    Uni<List<ShardId>> servedShards() {
        String prefix = address.keyspace() + "/";
        return gate.shards()
                .map(shards -> shards.stream()
                        .filter(shard ->
                                shard.lastIndexOf('/') == address.keyspace().length() && shard.startsWith(prefix))
                        .map(shard -> new ShardId(address.keyspace(), shard.substring(prefix.length())))
                        .toList());
    }

    /** @param database the keyspace, or a shard of it: they may differ while a schema is changed */
    Uni<List<SourceTable>> tables(String database) {
        return gate.ask(
                "listing tables",
                database,
                connection -> names(connection)
                        .compose(names -> TableShapes.ask(connection).compose(found -> {
                            shapes = found;
                            warn(names);
                            List<Future<SourceTable>> tables = names.stream()
                                    .map(name -> connection
                                            .query("show create table " + KeyRange.quote(name))
                                            .execute()
                                            .map(rows -> new SourceTable(
                                                    new TableId(address.keyspace(), name),
                                                    found.of(name).key(),
                                                    rows.iterator().next().getString(1))))
                                    .toList();
                            return Future.all(tables).map(all -> all.<SourceTable>list());
                        })));
    }

    private Future<List<String>> names(MySQLConnection connection) {
        return connection
                .query("select table_name from information_schema.tables"
                        + " where table_schema = database() and table_type = 'BASE TABLE' order by table_name")
                .execute()
                .map(rows -> {
                    List<String> names = new ArrayList<>();
                    rows.forEach(row -> names.add(row.getString(0)));
                    if (!verified) {
                        // later a table may be gone by a change that the streams come to
                        address.tables().exactNames().forEach(wanted -> verifyNamed(wanted, names));
                        verified = true;
                    }
                    leftOut = names.stream()
                            .filter(address.tables()::isLeftOutByName)
                            .toList();
                    return names.stream()
                            .filter(name -> address.tables().selects(name) && !leftOut.contains(name))
                            .toList();
                });
    }

    private void verifyNamed(String wanted, List<String> names) {
        if (!names.contains(wanted)) {
            throw address.url()
                    .wrong("parameter 'tables': keyspace '" + address.keyspace() + "' has no table '" + wanted
                            + "'; check its spelling");
        }
        if (address.tables().isLeftOutByName(wanted)) {
            throw address.url()
                    .wrong("parameter 'tables': table '" + wanted
                            + "' can't be read, Vitess streams no table of that name; rename it");
        }
    }

    /** What is known of the tables that were told by the last {@link #tables}. */
    TableShapes shapes() {
        return shapes;
    }

    /** What is wrong with tables of the last {@link #tables}, or with the names of others that would be among them. */
    List<String> warnings() {
        return warnings;
    }

    private void warn(List<String> names) {
        List<String> found = new ArrayList<>();
        for (String table : leftOut) {
            found.add(
                    "table " + address.keyspace() + "." + table + " is not read: Vitess streams no table of that name,"
                            + " or uses such names itself; rename it, or name it in parameter 'exclude'");
        }
        for (String table : names) {
            String flaw = shapes.flaws().get(table);
            if (flaw != null) {
                found.add("table " + address.keyspace() + "." + table + ": " + flaw);
            }
        }
        warnings = List.copyOf(found);
    }

    /** @param ranged which tables may be cut into key ranges */
    Uni<List<PartCheckpoint>> parts(ShardId shard, List<SourceTable> tables, Predicate<SourceTable> ranged) {
        return gate.ask("cutting tables of " + shard, address.target(shard.shard()), connection -> {
            List<Future<List<PartCheckpoint>>> parts = tables.stream()
                    .map(table -> parts(connection, table, ranged))
                    .toList();
            return Future.all(parts)
                    .map(all -> all.<List<PartCheckpoint>>list().stream()
                            .flatMap(List::stream)
                            .toList());
        });
    }

    /** A table with another unique index is one part: its ranges' moments differ, and values may have moved between. */
    private Future<List<PartCheckpoint>> parts(
            MySQLConnection connection, SourceTable table, Predicate<SourceTable> ranged) {
        String name = table.id().name();
        TableShapes.Shape shape = shapes.of(name);
        if (!shape.integerKey() || shape.otherUnique() || !ranged.test(table)) {
            return Future.succeededFuture(whole(name));
        }
        String column = shape.key().getFirst();
        String bounds = "select cast(min(" + KeyRange.quote(column) + ") as char), cast(max(" + KeyRange.quote(column)
                + ") as char) from " + KeyRange.quote(name);
        return connection.query(bounds).execute().compose(rows -> {
            Row row = rows.iterator().next();
            if (row.getString(0) == null) {
                return Future.succeededFuture(whole(name));
            }
            BigInteger min = new BigInteger(row.getString(0));
            BigInteger max = new BigInteger(row.getString(1));
            BigInteger width = max.subtract(min).add(BigInteger.ONE);
            if (width.compareTo(BigInteger.valueOf(2 * rangeRows)) < 0) {
                return Future.succeededFuture(whole(name));
            }
            return estimate(connection, name).map(rowsAbout -> {
                int count = (int) Math.min(MOST_RANGES, rowsAbout / rangeRows);
                return count < 2 ? whole(name) : ranges(name, KeyRange.cut(column, min, max, count));
            });
        });
    }

    /** The storage engine's own estimate: {@code information_schema} may be a day old. */
    private static Future<Long> estimate(MySQLConnection connection, String table) {
        return connection
                .query("explain select * from " + KeyRange.quote(table))
                .execute()
                .map(rows -> {
                    Long estimate = rows.iterator().next().getLong("rows");
                    return estimate == null ? 0 : estimate;
                });
    }

    private static List<PartCheckpoint> whole(String table) {
        return ranges(table, List.of(KeyRange.ALL));
    }

    private static List<PartCheckpoint> ranges(String table, List<KeyRange> ranges) {
        List<PartCheckpoint> parts = new ArrayList<>();
        for (KeyRange range : ranges) {
            parts.add(new PartCheckpoint(new PartId(table, parts.size()), range.encode(), null, false));
        }
        return parts;
    }

    Uni<GtidSet> executed(ShardId shard) {
        return variable(shard, "gtid_executed");
    }

    Uni<GtidSet> purged(ShardId shard) {
        return variable(shard, "gtid_purged");
    }

    /**
     * Fails where the shard's primary answers nothing. So it is from before a reshard's journal is written until its traffic is
     * taken back: SwitchTraffic has the old primaries disable their query service first (Vitess 24.0.3, traffic_switcher.go).
     */
    Uni<Void> writable(ShardId shard) {
        return variable(shard, shard.keyspace() + ":" + shard.shard() + "@primary", "gtid_executed")
                .replaceWithVoid();
    }

    private Uni<GtidSet> variable(ShardId shard, String name) {
        return variable(shard, address.target(shard.shard()), name);
    }

    private Uni<GtidSet> variable(ShardId shard, String target, String name) {
        return gate.ask(
                "reading the position of " + shard,
                target,
                connection -> connection
                        .query("select @@global." + name)
                        .execute()
                        .map(rows -> GtidSet.parse(
                                String.valueOf(rows.iterator().next().getString(0)))));
    }

    /** VTGate's version and what it says it is, for {@code check}. */
    Uni<String> version() {
        return gate.ask(
                "reading its version",
                address.keyspace(),
                connection -> connection
                        .query("select @@version")
                        .execute()
                        .map(rows -> rows.iterator().next().getString(0)));
    }
}
