package dev.tributary.bench;

import dev.tributary.servers.LoopbackPorts;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A contestant from end to end.
 *
 * @param launch starts its process on a source and a target, from where it was there before
 */
record Pipeline(String name, Launch launch) {
    /** How a contestant's process is started. */
    @FunctionalInterface
    interface Launch {
        BenchProcess start(Source source, Target target);
    }

    BenchProcess start(Source source, Target target) {
        return launch.start(source, target);
    }

    /** The packaged application, as {@code ./tributary run} starts it. */
    static Pipeline tributary(Jvm jvm) {
        return new Pipeline(
                "tributary",
                (source, target) -> BenchProcess.start(
                        "tributary",
                        jvm.application("run"),
                        environment(jvm, source, target, "", LoopbackPorts.next())));
    }

    /**
     * The settings of the application.
     *
     * @param more parameters of the source's URL
     */
    static Map<String, String> environment(Jvm jvm, Source source, Target target, String more, int managementPort) {
        Map<String, String> all = new HashMap<>(jvm.settings());
        all.putAll(Map.of(
                "TRIBUTARY_SOURCE",
                "vitess://127.0.0.1:" + source.cluster().grpcPort() + "/" + Source.KEYSPACE + "?mysql_port="
                        + source.cluster().mysqlPort() + more,
                "TRIBUTARY_SINK",
                Target.url(target.port()),
                "QUARKUS_MANAGEMENT_HOST",
                "127.0.0.1",
                "QUARKUS_MANAGEMENT_PORT",
                Integer.toString(managementPort)));
        return all;
    }

    /** @param tuning {@code default} or {@code tuned} */
    static Pipeline debezium(Jvm jvm, String tuning) {
        return new Pipeline(
                "debezium " + tuning,
                (source, target) -> BenchProcess.start(
                        "debezium " + tuning,
                        jvm.peer(
                                "DebeziumPipeline",
                                tuning,
                                Integer.toString(source.cluster().grpcPort()),
                                Source.KEYSPACE,
                                Integer.toString(target.port()),
                                Target.DATABASE,
                                target.state().toString()),
                        Map.of()));
    }

    static List<Pipeline> all(Jvm jvm) {
        return List.of(tributary(jvm), debezium(jvm, "tuned"), debezium(jvm, "default"));
    }
}
