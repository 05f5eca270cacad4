package dev.tributary.sink.dynamodb;

import java.util.ArrayDeque;

/**
 * How many requests may be under way: one more for each round that the service took without complaint, and three quarters as many as
 * soon as it takes less than it was given. Requests that were sent before the last cut say nothing new. Used on one context only.
 */
final class Congestion {
    private static final double CUT = 0.75;
    private static final double FIRST = 8;

    private final int most;
    private double limit;
    private int underWay;
    private long cuts;
    private boolean handing;
    /** A batch's requests, of each stream one batch at a time. */
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();

    /** @param most requests under way, however well the service does */
    Congestion(int most) {
        this.most = most;
        this.limit = Math.min(FIRST, most);
    }

    /** Sends when there is room, at once if there is; {@link #taken} or {@link #throttled} is to be called with its answer. */
    void send(Runnable request) {
        waiting.add(request);
        next();
    }

    /** To be told with the answer to what is sent now. */
    long cuts() {
        return cuts;
    }

    /** The service has answered, and not complained. */
    void taken() {
        underWay--;
        limit = Math.min(most, limit + 1 / limit);
        next();
    }

    /** The service took less than it was given, or did not answer. */
    void throttled(long cutsWhenSent) {
        underWay--;
        if (cutsWhenSent == cuts) {
            cuts++;
            limit = Math.max(1, limit * CUT);
        }
        next();
    }

    /** It was not sent, or was refused for what it is. */
    void given() {
        underWay--;
        next();
    }

    int limit() {
        return (int) limit;
    }

    /** Not within itself: of requests that are not to be sent any more there may be thousands. */
    private void next() {
        if (handing) {
            return;
        }
        handing = true;
        try {
            while (underWay < limit() && !waiting.isEmpty()) {
                underWay++;
                waiting.remove().run();
            }
        } finally {
            handing = false;
        }
    }
}
