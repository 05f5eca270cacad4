package dev.tributary.servers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32;

/** A data directory that has been initialised once and is copied for every start. */
record MySqlTemplate(Path directory) {
    /** With {@code root@127.0.0.1}, without a password, and what {@code statements} add. */
    static MySqlTemplate with(MySqlInstallation installation, List<String> statements) {
        return with(installation, statements, List.of());
    }

    /** @param flags those that a data directory is made for, to be given to its server as well */
    static MySqlTemplate with(MySqlInstallation installation, List<String> statements, List<String> flags) {
        List<String> all = new ArrayList<>(List.of(
                "SET sql_log_bin=0",
                "CREATE USER 'root'@'127.0.0.1' " + installation.identified(),
                "GRANT ALL ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION"));
        all.addAll(statements);
        String init = String.join(";\n", all) + ";\n";
        return new MySqlTemplate(CacheDirectory.entry(
                "mysql-data-" + checksum(installation.mysqld() + init + String.join(" ", flags)),
                data -> initialise(installation, init, flags, data)));
    }

    /** Copies it to a new directory, with an identity of its own. */
    void copyTo(Path data) {
        Commands.require(List.of("cp", "-a", "--reflink=auto", directory.toString(), data.toString()));
    }

    private static void initialise(MySqlInstallation installation, String init, List<String> flags, Path data)
            throws IOException {
        Path file = Files.writeString(Files.createTempFile("tributary-init", ".sql"), init);
        try {
            List<String> command = new ArrayList<>(installation.command(data));
            command.add("--initialize-insecure");
            command.add("--init-file=" + file);
            command.add("--loose-innodb-log-file-size=16M");
            command.addAll(flags);
            Commands.require(command);
        } finally {
            Files.delete(file);
        }
        // The server's UUID: every copy makes its own.
        Files.delete(data.resolve("auto.cnf"));
    }

    private static String checksum(String text) {
        CRC32 crc = new CRC32();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }
}
