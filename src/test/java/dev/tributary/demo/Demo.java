package dev.tributary.demo;

import dev.tributary.TributaryProcess;
import dev.tributary.comparison.Report;
import dev.tributary.dynamodb.DynamoDbDemo;
import dev.tributary.endtoend.Replica;
import dev.tributary.servers.MySqlServer;
import dev.tributary.servers.VitessCluster;
import dev.tributary.workload.Shop;
import dev.tributary.workload.ShopLoad;
import dev.tributary.workload.ShopSeed;
import dev.tributary.workload.ShopSize;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Shows what the pipeline does, on real servers of its own: a copy under load, live changes, two power cuts, and at the
 * end whether both sides hold the same. Servers and data are gone when this process is, however it ends.
 */
public final class Demo {
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final int CUSTOMERS_AT_A_TIME = 4;
    private static final int SEED = 20;

    private final DemoSettings settings;
    private final Story story = new Story();

    private Demo(DemoSettings settings) {
        this.settings = settings;
    }

    public static void main(String[] arguments) throws Exception {
        DemoSettings settings;
        try {
            if (List.of(arguments).contains("--help") || List.of(arguments).contains("-h")) {
                System.out.print(DemoSettings.USAGE);
                return;
            }
            settings = DemoSettings.parse(List.of(arguments));
        } catch (IllegalArgumentException e) {
            System.err.println("tributary: demo: " + e.getMessage());
            System.err.print(DemoSettings.USAGE);
            System.exit(2);
            return;
        }
        if (System.getProperty("basedir") == null) {
            System.setProperty("basedir", project().toString());
        }
        System.exit(new Demo(settings).run() ? 0 : 1);
    }

    /** The directory of the build that these classes are from. */
    private static Path project() throws URISyntaxException {
        Path classes = Path.of(
                Demo.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        return classes.resolve("../..").toAbsolutePath().normalize();
    }

    private boolean run() throws Exception {
        if (settings.dynamoDb()) {
            String summary = new DynamoDbDemo(story::heading, story::line).run(settings.rows(), settings.liveTime());
            story.end(summary);
            return summary.endsWith(" equal");
        }
        story.line("Tributary carries a sharded Vitess keyspace into one MySQL database. Both are started here,");
        story.detail("on free ports of this machine; nothing is left behind, also after Ctrl-C.");
        story.heading("Starting Vitess (etcd, vtctld, VTGate and for each of "
                + settings.shards().size() + " shards a vttablet and a mysqld) and a MySQL");
        CompletableFuture<MySqlServer> starting = CompletableFuture.supplyAsync(MySqlServer::start);
        try (VitessCluster source =
                        VitessCluster.start("commerce", settings.shards().toArray(String[]::new));
                MySqlServer target = starting.join()) {
            story.line("keyspace commerce is served in shards " + String.join(" and ", source.shards())
                    + "; MySQL with an empty database, replica");
            return show(source, target);
        }
    }

    private boolean show(VitessCluster source, MySqlServer target) throws Exception {
        story.heading("Filling the source: a shop with " + Shop.TABLES.size() + " tables, one of them without a key");
        Shop.create(source);
        ShopSize size = ShopSize.ofRows(settings.rows());
        story.line("%,d rows inserted through VTGate", ShopSeed.load(source, size, SEED));
        Replica replica = Replica.create(source, target, "replica");
        Watch watch = new Watch(story, replica);
        try (ShopLoad load = ShopLoad.start(source, size, SEED, CUSTOMERS_AT_A_TIME, settings.perSecond())) {
            story.line(
                    "customers buy from now on: %,d transactions a second that insert, update, delete, change keys",
                    settings.perSecond());
            copy(replica, watch);
            follow(replica, watch);
            load.stop();
            story.heading("The customers have gone home");
            story.line("%,d transactions were committed since the copy began", load.committed());
        }
        catchUp(replica);
        return compare(replica);
    }

    private void copy(Replica replica, Watch watch) throws SQLException {
        story.heading("Starting the pipeline: a process of its own, as you would start it");
        story.detail("TRIBUTARY_SOURCE=" + replica.environment().get("TRIBUTARY_SOURCE"));
        story.detail("TRIBUTARY_SINK=" + replica.environment().get("TRIBUTARY_SINK"));
        story.detail("java -jar target/quarkus-app/quarkus-run.jar run");
        long killAt = settings.rows() / 3;
        try (TributaryProcess pipeline = replica.start()) {
            watched(pipeline, () -> watch.copy(pipeline, () -> replica.carried() >= killAt));
            pipeline.kill();
            story.heading("SIGKILL in the middle of the copy: the process is gone as after a power cut");
            story.line("%,d rows are in the target, with the positions they belong to", watch.rows());
        }
        story.line("starting it again: it goes on where it was, tables that are copied are not copied again");
    }

    private void follow(Replica replica, Watch watch) throws SQLException {
        Duration half = settings.liveTime().dividedBy(2);
        try (TributaryProcess pipeline = replica.start()) {
            watched(pipeline, () -> watch.copy(pipeline, replica::follows));
            story.heading(
                    "Every table is copied; what was committed meanwhile follows, and then what is committed now");
            watched(pipeline, () -> watch.changes(pipeline, half));
            pipeline.kill();
            story.heading("SIGKILL once more, in the middle of the changes");
        }
        story.line("starting it again");
        try (TributaryProcess pipeline = replica.start()) {
            watched(pipeline, () -> watch.changes(pipeline, half));
            pipeline.terminate();
            int code = pipeline.exitCode(LIMIT);
            story.heading("SIGTERM: it saves what is under way and exits with " + code);
            if (code != 0) {
                throw failed(pipeline, "the pipeline did not stop in order");
            }
        }
    }

    private void catchUp(Replica replica) {
        story.line("the rest: run --until caught-up");
        try (TributaryProcess pipeline = replica.start("--until", "caught-up")) {
            if (pipeline.exitCode(LIMIT) != 0) {
                throw failed(pipeline, "the pipeline did not catch up");
            }
        }
        story.line("caught up: it exited with 0");
    }

    private boolean compare(Replica replica) throws SQLException {
        story.heading("Comparing both sides row by row, column by column, past Vitess and past the pipeline");
        Report report = replica.compare();
        for (Report.TableReport table : report.tables()) {
            story.line(
                    "%-20s %,9d rows  %s",
                    table.table(), table.sourceRows(), table.isEqual() ? "equal" : table.differences() + " DIFFER");
            table.shown().forEach(difference -> story.detail(difference.toString()));
        }
        boolean same = diff(replica);
        boolean agreed = same == report.isEqual();
        story.end(agreed ? report.summary() : report.summary() + ", BUT tributary diff DISAGREES");
        return same && report.isEqual();
    }

    /** What a user can do who has no other comparison. */
    private boolean diff(Replica replica) {
        story.heading("The same by tributary diff, which every user can run");
        try (TributaryProcess diff = replica.process("diff").start()) {
            int code = diff.exitCode(LIMIT);
            diff.output().stream()
                    .filter(line -> code != 0 || line.startsWith("diff: "))
                    .forEach(story::line);
            if (code == 2) {
                throw failed(diff, "it could not tell");
            }
            return code == 0;
        }
    }

    @FunctionalInterface
    private interface Watching {
        void watch() throws SQLException;
    }

    /** Says what the process said, if the watching fails. */
    private static void watched(TributaryProcess pipeline, Watching watching) throws SQLException {
        try {
            watching.watch();
        } catch (IllegalStateException e) {
            throw failed(pipeline, String.valueOf(e.getMessage()));
        }
    }

    private static IllegalStateException failed(TributaryProcess pipeline, String what) {
        List<String> lines = pipeline.errors();
        return new IllegalStateException(what + "; it said:\n"
                + String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size())));
    }
}
