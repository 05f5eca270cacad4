package dev.tributary.servers;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** Vitess's command line for administrators. */
record Vtctl(VitessTools tools, List<String> flags) {

    static Vtctl through(VitessTools tools, int grpcPort) {
        return new Vtctl(tools, List.of("--server=127.0.0.1:" + grpcPort));
    }

    /** Runs one command that must succeed, and returns what it printed. */
    String run(String... arguments) {
        Commands.Result result = attempt(arguments);
        if (!result.succeeded()) {
            throw new IllegalStateException("vtctldclient " + String.join(" ", arguments) + " ended with "
                    + result.exitCode() + ":\n" + result.output());
        }
        return result.output();
    }

    JsonObject json(String... arguments) {
        return new JsonObject(run(arguments));
    }

    Commands.Result attempt(String... arguments) {
        List<String> all = new ArrayList<>(flags);
        all.addAll(List.of(arguments));
        return Commands.run(tools.command("vtctldclient", all));
    }
}
