package dev.tributary.servers;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The programs of MySQL 8.0.15, unpacked once from the archive on the test class path. */
record MySqlInstallation(Path directory) {
    private static final String ARCHIVE = "/mysql-Linux-amd64.tar.gz";
    private static final String ENTRY = "mysql-8.0.15";

    static MySqlInstallation find() {
        MySqlInstallation installation = new MySqlInstallation(CacheDirectory.entry(ENTRY, MySqlInstallation::unpack));
        SystemLibraries.provideFor(installation.mysqld());
        return installation;
    }

    Path mysqld() {
        return directory.resolve("bin").resolve("mysqld");
    }

    /** What a server has besides what every server of the tests has. */
    List<String> serverFlags() {
        return List.of(
                "--mysqlx=OFF",
                "--gtid-mode=ON",
                "--enforce-gtid-consistency=ON",
                "--log-slave-updates=ON",
                "--default-authentication-plugin=mysql_native_password");
    }

    /** How every run of mysqld begins. */
    List<String> command(Path data) {
        List<String> command = new ArrayList<>(List.of(
                mysqld().toString(),
                "--no-defaults",
                "--basedir=" + directory,
                "--lc-messages-dir=" + directory.resolve("share"),
                "--datadir=" + data));
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
