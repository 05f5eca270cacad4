package dev.tributary.sink.mysql;

import dev.tributary.config.Settings.DropPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the lines of {@code SHOW GRANTS} allow in one database. */
final class Grants {
    /** What the sink does to its target; the table of positions is created whatever the policy is. */
    private static final List<String> NEEDED = List.of("SELECT", "INSERT", "UPDATE", "DELETE", "CREATE");
    /** What creating tables needs besides: the source's may have foreign keys. */
    private static final String TO_CREATE = "REFERENCES";

    private static final String TO_EVOLVE = "ALTER";
    private static final String TO_DROP = "DROP";

    private static final Pattern GRANT = Pattern.compile(
            "^GRANT (.+?) ON (?:TABLE )?(`(?:[^`]|``)*`|\\*|\"[^\"]*\")\\.(`(?:[^`]|``)*`|\\*|\"[^\"]*\") TO ",
            Pattern.CASE_INSENSITIVE);

    private final Set<String> allowed = new TreeSet<>();
    private boolean byTable;

    private Grants() {}

    static Grants of(List<String> lines, String database) {
        Grants grants = new Grants();
        for (String line : lines) {
            Matcher matcher = GRANT.matcher(line);
            if (matcher.find() && covers(matcher.group(2), database)) {
                grants.add(matcher.group(1), matcher.group(3).equals("*"));
            }
        }
        return grants;
    }

    private void add(String privileges, boolean everyTable) {
        if (!everyTable) {
            byTable = true;
            return;
        }
        for (String privilege : privileges.split(",", -1)) {
            String name = privilege.strip().toUpperCase(Locale.ROOT);
            if (name.startsWith("ALL")) {
                allowed.addAll(NEEDED);
                allowed.addAll(List.of(TO_CREATE, TO_EVOLVE, TO_DROP));
            }
            allowed.add(name);
        }
    }

    /** A database's name in a grant is a pattern. */
    private static boolean covers(String granted, String database) {
        if (granted.equals("*")) {
            return true;
        }
        String pattern = granted.substring(1, granted.length() - 1).replace("``", "`");
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c == '\\' && i + 1 < pattern.length()) {
                regex.append(Pattern.quote(pattern.substring(++i, i + 1)));
            } else {
                regex.append(c == '%' ? ".*" : c == '_' ? "." : Pattern.quote(String.valueOf(c)));
            }
        }
        return database.matches("(?i)" + regex);
    }

    /** What is needed and not granted. */
    List<String> missing(SchemaRules rules) {
        List<String> missing = new ArrayList<>(NEEDED);
        if (rules.creates()) {
            missing.add(TO_CREATE);
        }
        if (rules.evolves()) {
            missing.add(TO_EVOLVE);
        }
        if (rules.evolves() && rules.drops() == DropPolicy.APPLY) {
            missing.add(TO_DROP);
        }
        missing.removeAll(allowed);
        return missing;
    }

    /** Whether some privileges are granted for single tables, which does not show here. */
    boolean isByTable() {
        return byTable;
    }
}
