package dev.tributary.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.servers.MySqlServer;
import dev.tributary.servers.SharedServers;
import java.util.List;
import org.junit.jupiter.api.Test;

/** That the tests see a version which goes back. */
class VersionLoadTest {
    private static final String DATABASE = "version_load";

    private final MySqlServer target = SharedServers.mysql();

    @Test
    void aVersionThatGoesBackIsNotedBehindADeletedRowToo() throws Exception {
        target.execute(
                "DROP DATABASE IF EXISTS " + DATABASE,
                "CREATE DATABASE " + DATABASE,
                "CREATE TABLE " + DATABASE + ".items (id BIGINT PRIMARY KEY, version BIGINT NOT NULL)",
                "INSERT INTO " + DATABASE + ".items VALUES (1, 5), (2, 5)");
        VersionLoad.watch(target, DATABASE);
        target.execute(
                "UPDATE " + DATABASE + ".items SET version = 6 WHERE id = 1",
                "DELETE FROM " + DATABASE + ".items",
                "INSERT INTO " + DATABASE + ".items VALUES (1, 7), (3, 1)");
        assertThat(VersionLoad.wentBack(target, DATABASE)).isEmpty();

        target.execute(
                "INSERT INTO " + DATABASE + ".items VALUES (2, 4)",
                "UPDATE " + DATABASE + ".items SET version = 6 WHERE id = 1");

        assertThat(VersionLoad.wentBack(target, DATABASE))
                .containsExactly(List.of("2", "4", "5"), List.of("1", "6", "7"));
    }
}
