package dev.tributary.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;

/** Sees at the target whether a row that {@link VersionLoad} writes ever becomes an older one. */
final class VersionWatch {
    private VersionWatch() {}

    /** Keeps every row whose version becomes a lesser one, in a database beside the replica. */
    static void begin(Replica replica) throws SQLException {
        String kept = replica.database() + "_watch";
        replica.target()
                .execute(
                        "DROP DATABASE IF EXISTS " + kept,
                        "CREATE DATABASE " + kept,
                        "CREATE TABLE " + kept + ".went_back (id BIGINT, version BIGINT, was BIGINT)",
                        "CREATE TRIGGER " + replica.database() + ".watch BEFORE UPDATE ON " + replica.database()
                                + ".items FOR EACH ROW BEGIN IF NEW.version < OLD.version THEN INSERT INTO " + kept
                                + ".went_back VALUES (NEW.id, NEW.version, OLD.version); END IF; END");
    }

    static void assertNoneWentBack(Replica replica) throws SQLException {
        assertThat(replica.query("SELECT * FROM " + replica.database() + "_watch.went_back"))
                .isEmpty();
    }
}
