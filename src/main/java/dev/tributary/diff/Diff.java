package dev.tributary.diff;

import dev.tributary.config.KeyColumns;
import dev.tributary.config.Settings;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.source.vitess.VitessSql;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Compares the tables of a source with those of a target, while changes flow. All of it happens on one event loop, which
 * waits for the servers: they do the work.
 */
public final class Diff {
    private final Vertx vertx;
    private final Settings settings;
    private final DiffOptions options;
    private final Consumer<String> messages;

    /** @param messages takes lines for people who wait */
    public Diff(Vertx vertx, Settings settings, DiffOptions options, Consumer<String> messages) {
        this.vertx = vertx;
        this.settings = settings;
        this.options = options;
        this.messages = messages;
    }

    /** Fails with a {@link PipelineException} where one side can't be read. */
    public Uni<DiffReport> run() {
        Promise<DiffReport> promise = Promise.promise();
        return Uni.createFrom().completionStage(() -> {
            // what throws there, as a wrong URL does, would otherwise be lost
            vertx.getOrCreateContext()
                    .runOnContext(v -> Future.succeededFuture()
                            .compose(begin -> new Run().run())
                            .onComplete(promise));
            return promise.future().toCompletionStage();
        });
    }

    /** One comparison, on its context. */
    private final class Run {
        private final Ends ends = new Ends(vertx, settings, options.keyspace(), options.parallel());
        private final VitessSql selection = ends.source();
        private final KeyColumns keys = KeyColumns.parse(settings.keyColumns().orElse(""));
        private final Progress progress = new Progress(vertx, messages);
        private final List<TableReport> reports = new ArrayList<>();

        Future<DiffReport> run() {
            return Future.all(
                            ends.sourceServers().compose(servers -> Side.of("source", servers)),
                            ends.targetServers().compose(servers -> Side.of("target", servers)))
                    .compose(both -> compare(both.resultAt(0), both.resultAt(1)))
                    .eventually(() -> {
                        progress.cancel();
                        return ends.close();
                    });
        }

        private Future<DiffReport> compare(Side source, Side target) {
            ends.verify(source.servers(), source);
            return Positions.find(
                            vertx,
                            source.servers(),
                            ends.checkpoints(target.servers().size()),
                            settings.pipeline(),
                            options.patience())
                    .compose(positions -> {
                        messages.accept("diff: " + positions.words());
                        return next(source, target, positions, List.copyOf(selected(source)), 0)
                                .map(done -> {
                                    onlyAtTheTarget(source, target);
                                    progress.end(source, target);
                                    return new DiffReport(reports, positions.words());
                                });
                    });
        }

        private Set<String> selected(Side source) {
            Set<String> names = new TreeSet<>(source.tableNames());
            names.removeIf(name -> !selection.selects(name));
            if (settings.table().isPresent() && names.size() > 1) {
                throw new PipelineException(
                        Kind.SETTING,
                        "TRIBUTARY_TABLE: can be the target of one source table, but the source has " + names.size()
                                + "; name the one to read in TRIBUTARY_SOURCE, or leave TRIBUTARY_TABLE out");
            }
            for (String wanted : options.tables()) {
                if (!names.contains(wanted)) {
                    throw new PipelineException(
                            Kind.SETTING, "--tables: the source has no table '" + wanted + "', or does not select it");
                }
            }
            if (!options.tables().isEmpty()) {
                names.retainAll(options.tables());
            }
            return names;
        }

        private Future<Void> next(Side source, Side target, Positions positions, List<String> names, int i) {
            if (i == names.size()) {
                return Future.succeededFuture();
            }
            progress.begin(names.get(i), i + 1, names.size());
            return compare(source, target, positions, names.get(i)).compose(report -> {
                reports.add(report);
                return next(source, target, positions, names, i + 1);
            });
        }

        private Future<TableReport> compare(Side source, Side target, Positions positions, String name) {
            TableInfo left = source.table(name);
            TableInfo right = target.tableAlike(settings.table().orElse(name));
            if (left == null || right == null) {
                return Future.succeededFuture(TableReport.ofStructure(name, "missing at the target"));
            }
            List<String> structure = new ArrayList<>(source.disagreements(name));
            structure.addAll(target.disagreements(right.name()));
            if (!structure.isEmpty()) {
                // no statement fits all of them
                return Future.succeededFuture(
                        new TableReport(name, right.name(), 0, structure, 0, 0, 0, List.of(), List.of()));
            }
            TablePair pair = TablePair.of(left, right, keys.of(right.name()), options.shortFloats());
            if (pair.columns().isEmpty()) {
                return Future.succeededFuture(
                        new TableReport(name, right.name(), 0, pair.problems(), 0, 0, 0, List.of(), List.of()));
            }
            return compareRows(source, target, positions, pair);
        }

        private Future<TableReport> compareRows(Side source, Side target, Positions positions, TablePair pair) {
            Findings findings = new Findings(options.limit());
            Confirmation confirmation =
                    new Confirmation(new SliceReader(pair, source, target), positions, pair.source(), findings);
            Future<Void> compared = pair.ranged()
                    ? new RangeComparison(pair, source, target, confirmation::settle, findings, progress)
                            .run(options.parallel())
                    : new BucketComparison(pair, source, target, confirmation::settle, findings, progress).run();
            return compared.recover(failure -> {
                        if (failure instanceof Undetermined || failure instanceof Server.TooLong) {
                            findings.unknown(String.valueOf(failure.getMessage()));
                            return Future.succeededFuture();
                        }
                        return Future.failedFuture(failure);
                    })
                    .compose(done -> new ShownRows(pair, source, target, findings).read())
                    .map(shown -> findings.report(pair, pair.problems(), shown));
        }

        /** Where the source's URL leaves tables out, those of such names are the target's own business. */
        private void onlyAtTheTarget(Side source, Side target) {
            // of several keyspaces they may be others'
            if (settings.table().isPresent() || !options.tables().isEmpty() || !selection.alone()) {
                return;
            }
            Set<String> known = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
            known.addAll(source.tableNames());
            for (String name : target.tableNames()) {
                if (!known.contains(name) && !name.startsWith("tributary_") && selection.selects(name)) {
                    reports.add(TableReport.ofStructure(name, "only at the target"));
                }
            }
        }
    }
}
