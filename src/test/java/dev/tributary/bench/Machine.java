package dev.tributary.bench;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** What the figures were measured on. */
record Machine(int cores, long memoryBytes, String cpu, String java, String system, String mysql, double loadBefore) {
    /** @param mysql the version of the servers */
    static Machine describe(String mysql) throws IOException {
        return new Machine(
                Runtime.getRuntime().availableProcessors(),
                Long.parseLong(Files.readAllLines(Path.of("/proc/meminfo"))
                                .getFirst()
                                .replaceAll("[^0-9]", ""))
                        * 1024,
                Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                        .filter(line -> line.startsWith("model name"))
                        .map(line -> line.substring(line.indexOf(':') + 1).strip())
                        .findFirst()
                        .orElse("unknown"),
                System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"),
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                mysql,
                Double.parseDouble(Files.readString(Path.of("/proc/loadavg")).split(" ")[0]));
    }

    String line() {
        return String.format(
                Locale.ROOT,
                "%d cores (%s), %d GB, %s, %s, MySQL %s; load before %.1f",
                cores,
                cpu,
                memoryBytes >> 30,
                java,
                system,
                mysql,
                loadBefore);
    }

    JsonObject json() {
        return new JsonObject()
                .put("cores", cores)
                .put("memoryBytes", memoryBytes)
                .put("cpu", cpu)
                .put("java", java)
                .put("system", system)
                .put("mysql", mysql)
                .put("loadBefore", loadBefore);
    }
}
