package dev.tributary.servers;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A VTGate's MySQL port for shards that are not there: what a test knows of them it tells, everything else a database of a real
 * MySQL is asked, each question once. Takes every login, and counts connections.
 */
public final class QueryPort implements AutoCloseable {
    private static final int DEPRECATE_EOF = 1 << 24;
    /** Of protocol 4.1, with a database in the login and an authentication of 20 bytes. */
    private static final int CAPABILITIES = 0x0008_a20f | DEPRECATE_EOF;

    private static final int QUIT = 1;
    private static final int USE = 2;
    private static final int QUERY = 3;
    private static final Set<Integer> NUMBERS =
            Set.of(Types.BIT, Types.TINYINT, Types.SMALLINT, Types.INTEGER, Types.BIGINT);

    private final ServerSocket port;
    private final MySqlServer server;
    private final String database;
    private final BiFunction<String, String, @Nullable List<String>> told;
    private final Map<String, Table> asked = new ConcurrentHashMap<>();
    private final Set<Socket> clients = ConcurrentHashMap.newKeySet();
    private final AtomicInteger most = new AtomicInteger();

    private record Table(List<String> columns, List<Boolean> numbers, List<List<@Nullable String>> rows) {}

    /**
     * @param database of the server, which stands for the keyspace
     * @param told answers a statement to a target such as {@code commerce:-80} by a column of texts, or not
     */
    public QueryPort(MySqlServer server, String database, BiFunction<String, String, @Nullable List<String>> told) {
        this.server = server;
        this.database = database;
        this.told = told;
        try {
            this.port = new ServerSocket(0, 1_000, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    public int port() {
        return port.getLocalPort();
    }

    /** The most connections at a time so far. */
    public int mostConnections() {
        return most.get();
    }

    private void accept() {
        while (!port.isClosed()) {
            try {
                Socket client = port.accept();
                client.setTcpNoDelay(true);
                clients.add(client);
                most.accumulateAndGet(clients.size(), Math::max);
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException e) {
                // the port is closed, or the client was quicker
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            Packets packets = new Packets(client);
            packets.send(greeting());
            byte[] login = packets.receive();
            boolean shortened = (login[3] << 24 & DEPRECATE_EOF) != 0;
            String target = databaseOf(login);
            packets.send(ok(0x00));
            while (true) {
                byte[] command = packets.receive();
                String text = new String(command, 1, command.length - 1, StandardCharsets.UTF_8);
                switch (command[0]) {
                    case QUIT -> {
                        return;
                    }
                    case USE -> {
                        target = text;
                        packets.send(ok(0x00));
                    }
                    case QUERY -> {
                        if (text.startsWith("use ")) {
                            target = text.substring(4).replace("`", "");
                            packets.send(ok(0x00));
                        } else {
                            answer(packets, target, text, shortened);
                        }
                    }
                    default -> packets.send(ok(0x00));
                }
            }
        } catch (EOFException | SocketException e) {
            // the client is gone
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            clients.remove(client);
        }
    }

    private void answer(Packets packets, String target, String sql, boolean shortened) throws IOException {
        List<String> column = told.apply(target, sql);
        Table table;
        try {
            table = column == null
                    ? asked.computeIfAbsent(sql, this::ask)
                    : new Table(
                            List.of("value"),
                            List.of(false),
                            column.stream()
                                    .map(value -> List.<@Nullable String>of(value))
                                    .toList());
        } catch (IllegalStateException e) {
            packets.send(error(String.valueOf(e.getMessage())));
            return;
        }
        packets.send(new Packet().count(table.columns().size()));
        for (int i = 0; i < table.columns().size(); i++) {
            packets.send(definition(table.columns().get(i), table.numbers().get(i)));
        }
        if (!shortened) {
            packets.send(ok(0xfe));
        }
        for (List<@Nullable String> row : table.rows()) {
            Packet packet = new Packet();
            row.forEach(packet::text);
            packets.send(packet);
        }
        packets.send(ok(0xfe));
    }

    private Table ask(String sql) {
        try (Connection connection = server.connect(database);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            ResultSetMetaData meta = result.getMetaData();
            List<String> columns = new ArrayList<>();
            List<Boolean> numbers = new ArrayList<>();
            for (int i = 1; i <= meta.getColumnCount(); i++) {
                columns.add(meta.getColumnLabel(i));
                numbers.add(NUMBERS.contains(meta.getColumnType(i)));
            }
            List<List<@Nullable String>> rows = new ArrayList<>();
            while (result.next()) {
                List<@Nullable String> row = new ArrayList<>();
                for (int i = 1; i <= columns.size(); i++) {
                    row.add(result.getString(i));
                }
                rows.add(row);
            }
            return new Table(columns, numbers, rows);
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    private static Packet greeting() {
        return new Packet()
                .number(10, 1)
                .string("8.0.30-Vitess")
                .number(1, 4)
                .string("12345678")
                .number(CAPABILITIES & 0xffff, 2)
                .number(45, 1)
                .number(2, 2)
                .number(CAPABILITIES >>> 16, 2)
                .number(21, 1)
                .number(0, 10)
                .string("123456789012")
                .string("mysql_native_password");
    }

    private static String databaseOf(byte[] login) {
        int at = 32;
        while (login[at] != 0) {
            at++;
        }
        int authentication = login[at + 1];
        int from = at + 2 + authentication;
        int to = from;
        while (login[to] != 0) {
            to++;
        }
        return new String(login, from, to - from, StandardCharsets.UTF_8);
    }

    /** Behind rows it says so by another first byte; shortened or not it then is no longer than an EOF packet may be. */
    private static Packet ok(int first) {
        return new Packet().number(first, 1).number(0, 2).number(2, 2).number(0, 2);
    }

    private static Packet error(String message) {
        return new Packet().number(0xff, 1).number(1105, 2).raw("#HY000" + message);
    }

    private static Packet definition(String name, boolean number) {
        return new Packet()
                .text("def")
                .text("")
                .text("")
                .text("")
                .text(name)
                .text(name)
                .number(12, 1)
                .number(number ? 63 : 45, 2)
                .number(1_024, 4)
                .number(number ? 8 : 253, 1)
                .number(0, 2)
                .number(0, 1)
                .number(0, 2);
    }

    @Override
    public void close() {
        try {
            port.close();
            for (Socket client : clients) {
                client.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is in one packet. */
    private static final class Packet {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        /** The lowest byte first. */
        Packet number(long value, int length) {
            for (int i = 0; i < length; i++) {
                bytes.write(i < 8 ? (int) (value >>> 8 * i) : 0);
            }
            return this;
        }

        Packet count(int value) {
            return value < 251
                    ? number(value, 1)
                    : value < 1 << 16
                            ? number(0xfc, 1).number(value, 2)
                            : number(0xfd, 1).number(value, 3);
        }

        /** With its length; null is SQL's. */
        Packet text(@Nullable String value) {
            if (value == null) {
                return number(0xfb, 1);
            }
            byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
            count(utf8.length).bytes.writeBytes(utf8);
            return this;
        }

        /** With a zero behind it. */
        Packet string(String value) {
            return raw(value).number(0, 1);
        }

        Packet raw(String value) {
            bytes.writeBytes(value.getBytes(StandardCharsets.UTF_8));
            return this;
        }
    }

    /** Packets of one connection; each command begins their numbers anew. */
    private static final class Packets {
        private final DataInputStream in;
        private final OutputStream out;
        private int sequence;

        Packets(Socket client) throws IOException {
            this.in = new DataInputStream(client.getInputStream());
            this.out = client.getOutputStream();
        }

        byte[] receive() throws IOException {
            int length = in.readUnsignedByte() | in.readUnsignedByte() << 8 | in.readUnsignedByte() << 16;
            sequence = in.readUnsignedByte() + 1;
            return in.readNBytes(length);
        }

        void send(Packet packet) throws IOException {
            byte[] payload = packet.bytes.toByteArray();
            Packet whole = new Packet().number(payload.length, 3).number(sequence++, 1);
            whole.bytes.writeBytes(payload);
            out.write(whole.bytes.toByteArray());
        }
    }
}
