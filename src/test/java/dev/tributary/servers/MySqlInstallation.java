package dev.tributary.servers;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A mysqld that can be started.
 *
 * @param where flags that say where its other files are, if it does not know
 * @param serverFlags what a server has besides what every server of the tests has
 * @param identified how an account of it is declared that has no password
 */
record MySqlInstallation(Path mysqld, List<String> where, List<String> serverFlags, String identified) {
    /** Names a mysqld of this machine. */
    private static final String GIVEN = "mysqld";

    private static final String ARCHIVE = "/mysql-Linux-amd64.tar.gz";
    private static final String ENTRY = "mysql-8.0.15";
    private static final List<String> FLAGS =
            List.of("--mysqlx=OFF", "--gtid-mode=ON", "--enforce-gtid-consistency=ON", "--secure-file-priv=NULL");

    /** MySQL 8.0.15, unpacked once from the archive on the test class path. */
    static MySqlInstallation find() {
        Path directory = CacheDirectory.entry(ENTRY, MySqlInstallation::unpack);
        MySqlInstallation installation = new MySqlInstallation(
                directory.resolve("bin").resolve("mysqld"),
                List.of("--basedir=" + directory, "--lc-messages-dir=" + directory.resolve("share")),
                Stream.concat(
                                FLAGS.stream(),
                                Stream.of(
                                        "--log-slave-updates=ON",
                                        "--default-authentication-plugin=mysql_native_password"))
                        .toList(),
                "IDENTIFIED WITH mysql_native_password BY ''");
        SystemLibraries.provideFor(installation.mysqld());
        return installation;
    }

    /** What targets are made of: the system property {@code mysqld} may name a newer one than that of the tests. */
    static MySqlInstallation ofTargets() {
        String given = System.getProperty(GIVEN, "");
        return given.isEmpty() ? find() : new MySqlInstallation(Path.of(given), List.of(), FLAGS, "IDENTIFIED BY ''");
    }

    /** How every run of mysqld begins. */
    List<String> command(Path data) {
        List<String> command = new ArrayList<>(List.of(mysqld.toString(), "--no-defaults", "--datadir=" + data));
        command.addAll(where);
        if (Commands.isRoot()) {
            command.add("--user=root");
        }
        return command;
    }

    private static void unpack(Path directory) throws IOException {
        try (InputStream archive = MySqlInstallation.class.getResourceAsStream(ARCHIVE)) {
            if (archive == null) {
                throw new IllegalStateException(ARCHIVE + " is not on the class path");
            }
            Process tar = new ProcessBuilder("tar", "-xzf", "-", "--no-same-owner", "-C", directory.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (var input = tar.getOutputStream()) {
                archive.transferTo(input);
            }
            if (tar.waitFor() != 0) {
                throw new IOException("tar can't unpack " + ARCHIVE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while unpacking " + ARCHIVE, e);
        }
    }
}
