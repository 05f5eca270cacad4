package dev.tributary.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Measures the writing alone, of rows that are ready in memory, each writer into a fresh server. */
final class WriterPart {
    private static final int LEAST_ROWS_PER_SECOND = 2_000;

    private final BenchSettings settings;
    private final Jvm jvm;
    private final Results results;
    private final int rows;

    private WriterPart(BenchSettings settings, Jvm jvm, Results results) {
        this.settings = settings;
        this.jvm = jvm;
        this.results = results;
        this.rows = settings.rows() / BenchTable.ALL.size();
    }

    /** @param arguments of its program behind port and database */
    private record Writer(String name, Command command) {
        interface Command {
            List<String> of(String port, Path directory);
        }
    }

    static String part(WriterRows section) {
        return Part.WRITER.word() + ", " + (section == WriterRows.MIXED ? "half updates" : "fresh keys");
    }

    static void run(BenchSettings settings, Jvm jvm, Results results) throws SQLException {
        new WriterPart(settings, jvm, results).run();
    }

    private List<Writer> writers() {
        List<Writer> writers = new ArrayList<>();
        writers.add(new Writer(
                "tributary",
                (port, directory) -> jvm.own(SinkWriter.class, port, Target.DATABASE, Integer.toString(rows))));
        for (int connections : List.of(1, 2, 4)) {
            String count = Integer.toString(connections);
            writers.add(new Writer(
                    "prepared x" + count,
                    (port, directory) ->
                            jvm.own(PreparedWriter.class, port, Target.DATABASE, Integer.toString(rows), count)));
            writers.add(new Writer(
                    "load data x" + count,
                    (port, directory) ->
                            jvm.peer("LoadDataWriter", port, Target.DATABASE, directory.toString(), count)));
            writers.add(new Writer(
                    "jdbc x" + count,
                    (port, directory) -> jvm.peer("JdbcWriter", port, Target.DATABASE, directory.toString(), count)));
        }
        for (String tuning : List.of("tuned", "default")) {
            writers.add(new Writer(
                    "debezium " + tuning,
                    (port, directory) ->
                            jvm.peer("DebeziumWriter", tuning, port, Target.DATABASE, directory.toString())));
        }
        return writers;
    }

    private void run() throws SQLException {
        Path directory = rowsDirectory();
        Map<String, String> digest = WriterRows.digest(rows);
        for (int round = 1; round <= settings.rounds(); round++) {
            for (Writer writer : writers()) {
                if (settings.includes(writer.name())) {
                    measure(writer, round, directory, digest);
                }
            }
        }
    }

    private Path rowsDirectory() {
        try {
            Path directory = Files.createTempDirectory("tributary-bench-");
            WriterRows.write(directory, rows);
            for (Path file : Files.list(directory).toList()) {
                file.toFile().deleteOnExit();
            }
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void measure(Writer writer, int round, Path directory, Map<String, String> digest) throws SQLException {
        Map<WriterRows, Map<String, Double>> figures = new LinkedHashMap<>();
        String failure = null;
        try (Target target = Target.start(settings.flags())) {
            target.reset();
            List<String> command = writer.command().of(Integer.toString(target.port()), directory);
            try (BenchProcess process = BenchProcess.start(writer.name(), command, Map.of())) {
                for (WriterRows section : WriterRows.values()) {
                    figures.put(section, figures(section, process, target));
                }
            }
            if (!target.digest().equals(digest)) {
                failure = "WRONG ROWS: " + target.digest() + " instead of " + digest;
            }
        } catch (IllegalStateException e) {
            failure = String.valueOf(e.getMessage());
        }
        for (WriterRows section : List.of(WriterRows.FRESH, WriterRows.MIXED)) {
            results.add(new Result(
                    part(section),
                    writer.name(),
                    round,
                    failure == null ? figures.getOrDefault(section, Map.of()) : Map.of(),
                    failure));
        }
    }

    private Map<String, Double> figures(WriterRows section, BenchProcess process, Target target) throws SQLException {
        int written = section.count(rows) * BenchTable.ALL.size();
        String name = section.name().toLowerCase(Locale.ROOT);
        Duration limit = Duration.ofSeconds(120 + written / LEAST_ROWS_PER_SECOND);
        Watch.until(
                name + " rows are ready",
                process,
                limit,
                5,
                () -> line(process, "begin " + name).isPresent());
        double before = ProcessCosts.cpuSeconds(target.pid());
        Watch.until(
                name + " rows",
                process,
                limit,
                5,
                () -> line(process, "end " + name).isPresent());
        double after = ProcessCosts.cpuSeconds(target.pid());
        String[] words = line(process, "end " + name).orElseThrow().split(" ");
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("rows/s", written / Double.parseDouble(words[2]));
        figures.put("CPU-s/M rows", Double.parseDouble(words[3]) / written * 1e6);
        figures.put("target CPU-s/M rows", (after - before) / written * 1e6);
        figures.put("GB allocated/M rows", Double.parseDouble(words[4]) / 1e3 / written);
        return figures;
    }

    private static Optional<String> line(BenchProcess process, String start) {
        return process.output().stream().filter(line -> line.startsWith(start)).findAny();
    }
}
