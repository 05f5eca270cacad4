package dev.tributary.source.vitess;

import dev.tributary.config.ConnectionUrl;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Which tables are read: parameter {@code tables} (all if absent) less {@code exclude}, each a comma-separated list of
 * exact names and of {@code /regular expressions/} that match the whole name. Vitess's own tables are never read.
 */
final class TableFilter {
    /** What a pipeline keeps at its target, which may be a source too. */
    private static final String OWN = "tributary_(checkpoint|schema)";

    /**
     * Tables of Vitess's schema changes and workflows: {@code _vt_hld_6ace8bcef73211ea87e9f875a4d24e90_20200915120410_},
     * the older {@code _vt_HOLD_…}, {@code _<uuid>_<time>_gho|_del|_vrepl}, {@code _1234_5678_vrepl}.
     */
    private static final Pattern INTERNAL = Pattern.compile(OWN + "|_vt_.*"
            + "|_[0-9a-f]{8}_[0-9a-f]{4}_[0-9a-f]{4}_[0-9a-f]{4}_[0-9a-f]{12}_[0-9]{14}_(gho|ghc|del|new|vrepl)"
            + "|_.*_(gho|ghc|vrepl)");

    /** Those among them that nobody else would give to a table. */
    private static final Pattern CERTAINLY_INTERNAL = Pattern.compile(
            OWN + "|_vt_[0-9A-Za-z]{3}_[0-9a-f]{32}_[0-9]{14}_"
                    + "|_vt_(HOLD|PURGE|EVAC|DROP)_[0-9a-f]{32}_[0-9]{14}"
                    + "|_[0-9a-f]{8}_[0-9a-f]{4}_[0-9a-f]{4}_[0-9a-f]{4}_[0-9a-f]{12}_[0-9]{14}_(gho|ghc|del|new|vrepl)");

    /** What vttablets take for a table of pt-online-schema-change, and names that those of Vitess 24 fail to quote. */
    private static final Pattern NEVER_STREAMED = Pattern.compile("_.*_old|.*`.*", Pattern.DOTALL);

    private final Set<String> names = new LinkedHashSet<>();
    private final List<Pattern> patterns = new ArrayList<>();
    private final Set<String> excludedNames = new LinkedHashSet<>();
    private final List<Pattern> excludedPatterns = new ArrayList<>();

    private final boolean everything;
    private final boolean alone;

    /** @param keyspace the one whose tables these are, of several, where a name may be keyspace.name; empty for the only one */
    TableFilter(ConnectionUrl url, String keyspace) {
        everything = url.list("tables").isEmpty();
        read(url, "tables", keyspace, names, patterns);
        read(url, "exclude", keyspace, excludedNames, excludedPatterns);
        alone = keyspace.isEmpty();
    }

    /** The exact names of a parameter, where there are several keyspaces: of one of these, or of any. */
    static List<String> exactNames(ConnectionUrl url, String parameter) {
        return url.list(parameter).stream()
                .filter(item -> !item.startsWith("/"))
                .toList();
    }

    private static void read(
            ConnectionUrl url, String parameter, String keyspace, Set<String> names, List<Pattern> patterns) {
        for (String item : url.list(parameter)) {
            if (item.isEmpty()) {
                throw url.wrong("parameter '" + parameter + "' has an empty name");
            }
            if (item.startsWith("/") != item.endsWith("/") || item.equals("/") || item.equals("//")) {
                throw url.wrong("parameter '" + parameter + "': " + item
                        + " is neither a name nor a /regular expression/" + " (which can't have a comma)");
            }
            if (item.startsWith("/")) {
                try {
                    patterns.add(Pattern.compile(item.substring(1, item.length() - 1)));
                } catch (PatternSyntaxException e) {
                    throw url.wrong("parameter '" + parameter + "': " + item + " is not a regular expression ("
                            + e.getDescription() + ")");
                }
            } else if (keyspace.isEmpty() || !item.contains(".")) {
                names.add(item);
            } else if (item.startsWith(keyspace + ".")) {
                names.add(item.substring(keyspace.length() + 1));
            }
        }
    }

    static boolean isInternal(String table) {
        return INTERNAL.matcher(table).matches();
    }

    boolean selects(String table) {
        if (isInternal(table) || matches(table, excludedNames, excludedPatterns)) {
            return false;
        }
        return isEverything() || matches(table, names, patterns);
    }

    /**
     * Whether a table that the user has not excluded is not read for its name alone, although it may well be the user's:
     * that has to be said.
     */
    boolean isLeftOutByName(String table) {
        boolean doubtful = NEVER_STREAMED.matcher(table).matches()
                || (isInternal(table) && !CERTAINLY_INTERNAL.matcher(table).matches());
        return doubtful
                && !matches(table, excludedNames, excludedPatterns)
                && (isEverything() || matches(table, names, patterns));
    }

    private static boolean matches(String table, Set<String> names, List<Pattern> patterns) {
        return names.contains(table)
                || patterns.stream().anyMatch(pattern -> pattern.matcher(table).matches());
    }

    /** Whether {@code tables} is left out. */
    boolean isEverything() {
        return everything;
    }

    /** Whether a table that does not exist yet could be selected. */
    boolean isOpen() {
        return isEverything() || !patterns.isEmpty();
    }

    /** The tables that the user named one by one: each must exist. None of several keyspaces. */
    Set<String> exactNames() {
        return alone ? names : Set.of();
    }
}
