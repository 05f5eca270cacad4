package dev.tributary.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.servers.MySqlServer;
import java.sql.SQLException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Has the target itself keep who renewed a lease, claimed a shard, saved a position and wrote a row of {@link VersionLoad}, and in
 * which transaction: by triggers, which know a process by the user that it logs in as, not by the epoch that it names. All times
 * are the target's.
 */
final class WriteLog {
    private static final String GTIDS = "SUBSTRING(JSON_UNQUOTE(JSON_EXTRACT(%s, '$.gtid')), LENGTH('MySQL56/') + 1)";

    /** Of a session and of one of its transactions there is a name that no other has, before a restart of the server or after. */
    private static final String TRANSACTION = "IF @log_session IS NULL THEN SET @log_session = UUID();"
            + " SELECT thread_id INTO @log_thread FROM performance_schema.threads WHERE processlist_id = CONNECTION_ID();"
            + " END IF; SELECT CONCAT(@log_session, ' ', event_id) INTO @log_transaction"
            + " FROM performance_schema.events_transactions_current WHERE thread_id = @log_thread; ";

    private final MySqlServer target;
    private final String log;

    /** How long after its last renewal another had what was a process's, by shard. */
    record TakenOver(String shard, Duration after) {}

    private WriteLog(MySqlServer target, String log) {
        this.target = target;
        this.log = log;
    }

    /**
     * Begins to keep it, once the pipeline's tables are there and every shard has its process.
     *
     * @param users of the processes, by their pids
     */
    static WriteLog of(MySqlServer target, String database, Map<Long, String> users) throws SQLException {
        String log = database + "_writes";
        target.execute(
                "DROP DATABASE IF EXISTS " + log,
                "CREATE DATABASE " + log,
                "CREATE TABLE " + log + ".leases (owner VARCHAR(255), at TIMESTAMP(6) DEFAULT CURRENT_TIMESTAMP(6),"
                        + " KEY (owner, at))",
                "CREATE TABLE " + log + ".streams (number BIGINT AUTO_INCREMENT PRIMARY KEY, shard VARCHAR(128),"
                        + " kind VARCHAR(20), transaction VARCHAR(80), user VARCHAR(100), epoch BIGINT,"
                        + " owner VARCHAR(255), former VARCHAR(255), position LONGTEXT,"
                        + " at TIMESTAMP(6) DEFAULT CURRENT_TIMESTAMP(6), KEY (transaction), KEY (shard, number))",
                "CREATE TABLE " + log + ".items (number BIGINT AUTO_INCREMENT PRIMARY KEY, transaction VARCHAR(80),"
                        + " id BIGINT, version BIGINT)",
                "CREATE TRIGGER " + database + ".log_streams AFTER UPDATE ON " + database
                        + ".tributary_checkpoint FOR EACH ROW BEGIN IF NEW.state = 'replica' THEN INSERT INTO " + log
                        + ".leases (owner) VALUES (NEW.source_table);"
                        + " ELSEIF NEW.shard <> '' AND NEW.source_table = '' THEN " + TRANSACTION + "INSERT INTO " + log
                        + ".streams (shard, kind, transaction, user, epoch, owner, former, position) VALUES (NEW.shard,"
                        + " CASE WHEN NEW.epoch <> OLD.epoch THEN 'claimed' WHEN NOT NEW.position <=> OLD.position"
                        + " THEN 'saved' ELSE '' END,"
                        + " @log_transaction, USER(), NEW.epoch, NEW.owner, OLD.owner, NEW.position); END IF; END",
                onItems(database, "INSERT", "NEW"),
                onItems(database, "UPDATE", "NEW"),
                onItems(database, "DELETE", "OLD"));
        for (Map.Entry<Long, String> user : users.entrySet()) {
            target.execute("INSERT INTO " + log + ".streams (shard, kind, user, epoch, owner, former, position)"
                    + " SELECT shard, 'claimed', '" + user.getValue() + "@127.0.0.1', epoch, owner, '', position FROM "
                    + database + ".tributary_checkpoint WHERE shard <> '' AND source_table = '' AND owner LIKE '%:"
                    + user.getKey() + ":%'");
        }
        return new WriteLog(target, log);
    }

    private static String onItems(String database, String event, String row) {
        return "CREATE TRIGGER " + database + ".log_" + event + " AFTER " + event + " ON " + database
                + ".items FOR EACH ROW BEGIN " + TRANSACTION + "INSERT INTO " + database
                + "_writes.items (transaction, id, version) VALUES (@log_transaction, " + row + ".id, " + row
                + ".version); END";
    }

    /** How much is kept of the streams so far. */
    long size() throws SQLException {
        return Long.parseLong(String.valueOf(query("SELECT COALESCE(MAX(number), 0) FROM $log.streams")
                .getFirst()
                .getFirst()));
    }

    /** What was claimed of this process's that it had not given back, behind so much of the log. */
    List<TakenOver> takenOver(long pid, long behind) throws SQLException {
        return query("SELECT c.shard, TIMESTAMPDIFF(MICROSECOND, (SELECT MAX(l.at) FROM $log.leases l"
                        + " WHERE l.owner = c.former AND l.at <= c.at), c.at) FROM $log.streams c WHERE c.kind = 'claimed'"
                        + " AND c.former LIKE '%:" + pid + ":%' AND c.owner <> c.former AND c.number > " + behind)
                .stream()
                .map(row -> new TakenOver(
                        String.valueOf(row.get(0)),
                        Duration.of(Long.parseLong(String.valueOf(row.get(1))), ChronoUnit.MICROS)))
                .toList();
    }

    /**
     * Asserts of all that was committed: every row came with a position in its transaction, written by whoever had claimed the
     * shard last; no epoch wrote behind a later one, no position and no version behind a newer one.
     */
    void assertOneOwnerAtATime() throws SQLException {
        assertThat(
                        query(
                                "SELECT COUNT(*) > 100 FROM $log.items JOIN $log.streams USING (transaction) WHERE kind = 'saved'"))
                .as("rows and positions are kept")
                .isEqualTo(List.of(List.of("1")));
        assertThat(query("SELECT i.* FROM $log.items i LEFT JOIN $log.streams s"
                        + " ON s.transaction = i.transaction AND s.kind = 'saved' WHERE s.number IS NULL LIMIT 10"))
                .as("rows without a position")
                .isEmpty();
        String claims = "SELECT s.*, SUM(kind = 'claimed') OVER (PARTITION BY shard ORDER BY number) AS claims,"
                + " LAG(epoch) OVER (PARTITION BY shard ORDER BY number) AS epoch_before,"
                + " LAG(position) OVER (PARTITION BY shard ORDER BY number) AS position_before FROM $log.streams s";
        assertThat(query(
                        "SELECT * FROM (SELECT c.*, FIRST_VALUE(user) OVER (PARTITION BY shard, claims ORDER BY number)"
                                + " AS claimed_by FROM (" + claims + ") c WHERE claims > 0) w WHERE kind = 'saved'"
                                + " AND SUBSTRING_INDEX(user, '@', 1) <> SUBSTRING_INDEX(claimed_by, '@', 1) LIMIT 10"))
                .as("written by another than who had claimed it last")
                .isEmpty();
        assertThat(query("SELECT * FROM (" + claims + ") c WHERE epoch < epoch_before LIMIT 10"))
                .as("an epoch behind a later one")
                .isEmpty();
        assertThat(query("SELECT * FROM (" + claims + ") c WHERE kind = 'saved' AND position_before IS NOT NULL"
                        + " AND NOT GTID_SUBSET(" + GTIDS.formatted("position_before") + ", "
                        + GTIDS.formatted("position") + ") LIMIT 10"))
                .as("a position behind a newer one")
                .isEmpty();
        assertThat(query(
                        "SELECT shard, position, COUNT(*) FROM $log.streams WHERE kind = 'saved' GROUP BY shard, position"
                                + " HAVING COUNT(DISTINCT user, epoch) > 1 LIMIT 10"))
                .as("one position of two owners")
                .isEmpty();
        String before = " OVER (PARTITION BY s.shard, i.id ORDER BY i.number)";
        assertThat(query("SELECT * FROM (SELECT i.*, s.shard, s.epoch, s.user, LAG(i.version)" + before + " AS was,"
                        + " LAG(s.epoch)" + before + " AS epoch_before FROM $log.items i JOIN $log.streams s"
                        + " ON s.transaction = i.transaction AND s.kind = 'saved') w"
                        + " WHERE version < was OR epoch < epoch_before LIMIT 10"))
                .as("a version or an epoch of a row behind a newer one")
                .isEmpty();
    }

    private List<List<@Nullable String>> query(String sql) throws SQLException {
        return target.query(sql.replace("$log.", log + "."));
    }
}
