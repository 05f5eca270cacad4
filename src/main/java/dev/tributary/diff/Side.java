package dev.tributary.diff;

import io.vertx.core.Future;
import io.vertx.sqlclient.RowSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One of the two sides: the servers that hold its rows, and their tables.
 *
 * @param name what operators call it
 * @param tables of each server, in the servers' order
 */
record Side(String name, List<Server> servers, List<Map<String, TableInfo>> tables) {
    static Future<Side> of(String name, List<Server> servers) {
        return Future.all(servers.stream().map(Catalog::read).toList())
                .map(all -> new Side(name, servers, all.<Map<String, TableInfo>>list()));
    }

    Set<String> tableNames() {
        Set<String> names = new TreeSet<>();
        tables.forEach(ofServer -> names.addAll(ofServer.keySet()));
        return names;
    }

    /** The table as the first server has it that does; null if none has. */
    @Nullable
    TableInfo table(String name) {
        for (Map<String, TableInfo> ofServer : tables) {
            TableInfo table = ofServer.get(name);
            if (table != null) {
                return table;
            }
        }
        return null;
    }

    /** The table of that name: some servers take names without regard to case. */
    @Nullable
    TableInfo tableAlike(String name) {
        TableInfo exact = table(name);
        if (exact != null) {
            return exact;
        }
        List<String> alike = tableNames().stream()
                .filter(other -> other.equalsIgnoreCase(name))
                .toList();
        return alike.size() == 1 ? table(alike.getFirst()) : null;
    }

    /** How its servers differ in a table that one of them has. */
    List<String> disagreements(String name) {
        List<String> problems = new ArrayList<>();
        Map<String, Set<String>> lacking = new TreeMap<>();
        Set<String> all = new TreeSet<>();
        tables.stream().map(ofServer -> columns(ofServer.get(name))).forEach(all::addAll);
        for (int i = 0; i < servers.size(); i++) {
            TableInfo table = tables.get(i).get(name);
            if (table == null) {
                problems.add("missing at " + servers.get(i));
                continue;
            }
            Set<String> missing = new TreeSet<>(all);
            missing.removeAll(columns(table));
            if (!missing.isEmpty()) {
                lacking.put(servers.get(i).toString(), missing);
            }
        }
        lacking.forEach((server, missing) ->
                missing.forEach(column -> problems.add("column " + column + " is missing at " + server)));
        return problems;
    }

    private static Set<String> columns(@Nullable TableInfo table) {
        Set<String> names = new TreeSet<>();
        if (table != null) {
            table.columns().forEach(column -> names.add(column.name()));
        }
        return names;
    }

    /** Asks every server at once. */
    <R> Future<List<RowSet<R>>> ask(Function<Server, Future<RowSet<R>>> question) {
        return Future.all(servers.stream().map(question).toList()).map(all -> all.<RowSet<R>>list());
    }

    long nanos() {
        return servers.stream().mapToLong(Server::nanos).sum();
    }
}
