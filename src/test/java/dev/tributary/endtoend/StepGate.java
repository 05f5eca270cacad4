package dev.tributary.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.TributaryProcess;
import dev.tributary.servers.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Holds whoever comes to a step of a hand-over at the target, right in front of it and within its transaction: triggers on the
 * pipeline's tables look for a row that has been locked. And keeps what was committed, step by step. A step is a shard and what
 * becomes of it: {@code -40 added} (its row is made), {@code opened} (it has a position), {@code inherits} (it is told a table's
 * columns), {@code claimed}, {@code saved} (another position), {@code ended}, {@code closed}.
 */
final class StepGate implements AutoCloseable {
    private final Replica replica;
    private final String kept;
    private final Connection lock;

    private StepGate(Replica replica) throws SQLException {
        this.replica = replica;
        this.kept = replica.database() + "_steps";
        this.lock = replica.target().connect();
        lock.setAutoCommit(false);
    }

    /** To be called once the pipeline's tables are there. */
    static StepGate of(Replica replica) throws SQLException {
        StepGate gate = new StepGate(replica);
        String stream = "IF NEW.source_table = '' AND NEW.shard <> '' THEN ";
        replica.target()
                .execute(
                        "DROP DATABASE IF EXISTS " + gate.kept,
                        "CREATE DATABASE " + gate.kept,
                        "CREATE TABLE " + gate.kept + ".held (step VARCHAR(300) PRIMARY KEY) COLLATE utf8mb4_bin",
                        "CREATE TABLE " + gate.kept + ".done (number BIGINT AUTO_INCREMENT PRIMARY KEY,"
                                + " shard VARCHAR(128), step VARCHAR(20), epoch BIGINT, position LONGTEXT)",
                        gate.trigger(
                                "BEFORE INSERT",
                                "tributary_checkpoint",
                                stream
                                        + gate.pass("IF(NEW.position IS NULL, 'added', 'opened')", "NEW.epoch")
                                        + "END IF;"),
                        gate.trigger(
                                "BEFORE UPDATE",
                                "tributary_checkpoint",
                                stream
                                        + gate.pass(
                                                "CASE WHEN NEW.state IN ('ended', 'closed') AND NEW.state <> OLD.state"
                                                        + " THEN NEW.state"
                                                        + " WHEN NEW.owner NOT IN ('', OLD.owner) THEN 'claimed'"
                                                        + " WHEN NEW.epoch = OLD.epoch AND NOT NEW.position <=> OLD.position"
                                                        + " THEN 'saved' ELSE '' END",
                                                "NEW.epoch")
                                        + "END IF;"),
                        "CREATE TRIGGER " + replica.database() + ".inherits BEFORE INSERT ON " + replica.database()
                                + ".tributary_schema FOR EACH ROW BEGIN " + gate.wait("'inherits'") + "END");
        return gate;
    }

    private String trigger(String event, String table, String body) {
        return "CREATE TRIGGER " + replica.database() + ".step_" + event.substring("BEFORE ".length()) + " " + event
                + " ON " + replica.database() + "." + table + " FOR EACH ROW BEGIN DECLARE step VARCHAR(20); " + body
                + " END";
    }

    private String pass(String step, String epoch) {
        return "SET step = " + step + "; " + wait("step") + "IF step <> '' THEN INSERT INTO " + kept
                + ".done (shard, step, epoch, position) VALUES (NEW.shard, step, " + epoch
                + ", NEW.position); END IF; ";
    }

    private String wait(String step) {
        return "SELECT COUNT(*) INTO @held FROM " + kept + ".held AS h WHERE h.step = CONCAT(NEW.shard, ' ', " + step
                + ") FOR SHARE; ";
    }

    /** From now on nobody passes these. */
    void hold(String... steps) throws SQLException {
        for (String step : steps) {
            Sql.execute(lock, "INSERT INTO " + kept + ".held VALUES ('" + step + "')");
        }
    }

    /** Whether somebody stands in front of one. */
    boolean isReached() throws SQLException {
        return replica.number("SELECT COUNT(*) FROM performance_schema.data_locks WHERE object_schema = '" + kept
                        + "' AND lock_status = 'WAITING'")
                > 0;
    }

    /** Waits until the pipeline stands in front of one, kills it there, and lets pass who comes next. */
    void cut(TributaryProcess pipeline, String steps) throws SQLException {
        EndToEnd.await("it stands in front of " + steps, pipeline, this::isReached);
        pipeline.kill();
        lock.rollback();
    }

    /**
     * Asserts what was committed: a shard is read from its opening to its end alone, and each of its positions was saved by one
     * owner, of whom none came back once there was another.
     */
    void assertOrder(Set<String> shardsAtFirst) throws SQLException {
        Set<String> read = new HashSet<>(shardsAtFirst);
        Map<String, Long> epochs = new HashMap<>();
        Map<String, Long> owners = new HashMap<>();
        for (List<@Nullable String> row :
                replica.query("SELECT shard, step, epoch, position FROM " + kept + ".done ORDER BY number")) {
            String shard = String.valueOf(row.get(0));
            long epoch = Long.parseLong(String.valueOf(row.get(2)));
            switch (String.valueOf(row.get(1))) {
                case "opened" ->
                    assertThat(read.add(shard)).as("opened: " + row).isTrue();
                case "ended" ->
                    assertThat(read.remove(shard)).as("ended: " + row).isTrue();
                case "saved" -> {
                    assertThat(read).as("saved: " + row).contains(shard);
                    assertThat(epoch).as("saved: " + row).isGreaterThanOrEqualTo(epochs.getOrDefault(shard, 0L));
                    assertThat(owners.getOrDefault(shard + row.get(3), epoch))
                            .as("saved: " + row)
                            .isEqualTo(epoch);
                    epochs.put(shard, epoch);
                    owners.put(shard + row.get(3), epoch);
                }
                default -> {}
            }
        }
        assertThat(owners).isNotEmpty();
    }

    @Override
    public void close() throws SQLException {
        lock.close();
    }
}
