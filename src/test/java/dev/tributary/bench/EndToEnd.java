package dev.tributary.bench;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The parts that need a Vitess: one source for all, a target for each contestant. */
final class EndToEnd {
    private final BenchSettings settings;
    private final Results results;
    private final Source source;
    private final Map<Pipeline, Target> contestants;

    private EndToEnd(BenchSettings settings, Results results, Source source, Map<Pipeline, Target> contestants) {
        this.settings = settings;
        this.results = results;
        this.source = source;
        this.contestants = contestants;
    }

    static void run(BenchSettings settings, Jvm jvm, Results results) throws SQLException {
        Results.progress("starting a Vitess of two shards and a MySQL for each contestant");
        List<Target> opened = new ArrayList<>();
        try (Source source = Source.start()) {
            Map<Pipeline, Target> contestants = new LinkedHashMap<>();
            for (Pipeline pipeline : Pipeline.all(jvm)) {
                Target target = Target.start();
                opened.add(target);
                contestants.put(pipeline, target);
            }
            new EndToEnd(settings, results, source, contestants).run();
        } finally {
            for (Target target : opened) {
                target.close();
            }
        }
    }

    private void run() throws SQLException {
        int ids = settings.rows() / BenchTable.ALL.size();
        long began = System.nanoTime();
        Loader.load(source, ids);
        Results.progress(String.format(
                java.util.Locale.ROOT,
                "the source has %,d rows, inserted in %.0f s",
                ids * BenchTable.ALL.size(),
                (System.nanoTime() - began) / 1e9));
        SnapshotPart snapshot = new SnapshotPart(source, (long) ids * BenchTable.ALL.size());
        for (int round = 1; round <= settings.rounds(); round++) {
            for (Map.Entry<Pipeline, Target> contestant : contestants.entrySet()) {
                results.measure(
                        Part.SNAPSHOT.word(),
                        contestant.getKey().name(),
                        round,
                        () -> snapshot.run(contestant.getKey(), contestant.getValue()));
            }
        }
    }
}
