package dev.tributary.servers;

import io.vertx.core.json.JsonObject;

/** What a service refuses a request with. */
final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final transient JsonObject json;

    Refused(JsonObject json) {
        this.json = json;
    }

    JsonObject json() {
        return json;
    }
}
