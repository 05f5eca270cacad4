package dev.tributary.diff;

import dev.tributary.config.ConnectionUrl;
import dev.tributary.config.Settings;
import dev.tributary.diff.dynamodb.Service;
import dev.tributary.dynamodb.ServiceAddress;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.source.dynamodb.ItemSelection;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Compares the tables of a source with those of a target where one of them is a DynamoDB, or both are, while changes flow. There is
 * no common SQL then: both ends' rows are brought to the same values here, on one event loop.
 */
public final class ItemDiff {
    /** For the rest of what is to be done then. */
    private static final Duration LEAST_PATIENCE = Duration.ofSeconds(180);

    private final Vertx vertx;
    private final Settings settings;
    private final DiffOptions options;
    private final Consumer<String> messages;

    /** @param messages takes lines for people who wait */
    public ItemDiff(Vertx vertx, Settings settings, DiffOptions options, Consumer<String> messages) {
        this.vertx = vertx;
        this.settings = settings;
        this.options = options;
        this.messages = messages;
    }

    /** Whether a comparison with these settings is one of items. */
    public static boolean isFor(Settings settings) {
        return isDynamoDb(ConnectionUrl.ofSource(settings)) || isDynamoDb(ConnectionUrl.ofSink(settings));
    }

    /**
     * How long the pipeline may take to catch up, if nobody says: three times what a shard without changes takes to tell so.
     *
     * @throws PipelineException of kind SETTING if the source's URL is wrong
     */
    public static Duration patience(Settings settings) {
        ConnectionUrl source = ConnectionUrl.ofSource(settings);
        if (!isDynamoDb(source)) {
            return DiffOptions.defaults().patience();
        }
        Duration told = ItemSelection.of(source, isDynamoDb(ConnectionUrl.ofSink(settings)))
                .told()
                .multipliedBy(3);
        return told.compareTo(LEAST_PATIENCE) < 0 ? LEAST_PATIENCE : told;
    }

    private static boolean isDynamoDb(ConnectionUrl url) {
        return ServiceAddress.SCHEMES.contains(url.scheme());
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

    /** Words for what a service was asked, of what one pays for. */
    static String units(String side, Service service) {
        return String.format(Locale.ROOT, "; %,.0f read capacity units of the %s", service.units(), side);
    }

    /** One comparison, on its context. */
    private final class Run {
        private final ItemPairs pairs = pairs();
        private final Progress progress = new Progress(vertx, messages);
        private final List<TableReport> reports = new ArrayList<>();

        Future<DiffReport> run() {
            return pairs.open()
                    .compose(all -> {
                        messages.accept("diff: " + pairs.words());
                        return next(List.copyOf(selected(all)), 0);
                    })
                    .compose(done -> options.tables().isEmpty() ? others() : Future.succeededFuture())
                    .map(done -> {
                        progress.end(pairs.sourceNanos(), pairs.targetNanos(), pairs.costs());
                        return new DiffReport(reports, pairs.words());
                    })
                    .eventually(() -> {
                        progress.cancel();
                        return pairs.close();
                    });
        }

        /** What was found of the tables stands where the others can't be listed. */
        private Future<Void> others() {
            return pairs.onlyAtTheTarget()
                    .onSuccess(others ->
                            others.forEach(name -> reports.add(TableReport.ofStructure(name, "only at the target"))))
                    .<Void>mapEmpty()
                    .recover(failure -> {
                        String name = "other tables at the target";
                        reports.add(TableReport.unknown(name, name, String.valueOf(failure.getMessage())));
                        return Future.succeededFuture();
                    });
        }

        private ItemPairs pairs() {
            if (options.shortFloats()) {
                throw new PipelineException(
                        Kind.SETTING, "--float-digits: numbers of DynamoDB are compared exactly, by what they are");
            }
            if (!isDynamoDb(ConnectionUrl.ofSource(settings))) {
                return new VitessToDynamo(vertx, settings, options);
            }
            if (settings.keyColumns().filter(keys -> !keys.isBlank()).isPresent()) {
                throw new PipelineException(
                        Kind.SETTING, "TRIBUTARY_KEY_COLUMNS: items of DynamoDB are told apart by their own key alone");
            }
            return isDynamoDb(ConnectionUrl.ofSink(settings))
                    ? new DynamoToDynamo(vertx, settings, options)
                    : new DynamoToMySql(vertx, settings, options);
        }

        private Set<String> selected(List<String> all) {
            Set<String> names = new TreeSet<>(all);
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

        private Future<Void> next(List<String> names, int i) {
            if (i == names.size()) {
                return Future.succeededFuture();
            }
            progress.begin(names.get(i), i + 1, names.size());
            return pairs.find(names.get(i))
                    .compose(found -> switch (found) {
                        case ItemPairs.Found.Unlike(TableReport report) -> Future.succeededFuture(report);
                        case ItemPairs.Found.Comparable(ItemPair pair) -> compare(pair);
                    })
                    // what was found of the others stands
                    .recover(failure -> failure instanceof PipelineException
                            ? Future.succeededFuture(TableReport.unknown(
                                    names.get(i), names.get(i), String.valueOf(failure.getMessage())))
                            : Future.failedFuture(failure))
                    .compose(report -> {
                        reports.add(report);
                        return next(names, i + 1);
                    });
        }

        private Future<TableReport> compare(ItemPair pair) {
            ItemFindings findings = new ItemFindings(options.limit());
            ItemConfirmation confirmation =
                    new ItemConfirmation(pair, () -> pairs.caughtUp(pair.source()), findings, options.parallel());
            return new ItemBuckets(pair, confirmation::settle, findings, progress)
                    .run()
                    .recover(failure -> {
                        if (failure instanceof Undetermined
                                || failure instanceof Server.TooLong
                                || failure instanceof PipelineException) {
                            findings.unknown(String.valueOf(failure.getMessage()));
                            return Future.succeededFuture();
                        }
                        return Future.failedFuture(failure);
                    })
                    .map(done -> findings.report(pair));
        }
    }
}
