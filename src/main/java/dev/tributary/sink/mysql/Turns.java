package dev.tributary.sink.mysql;

import java.util.ArrayDeque;

/** Lets a number of users go on at a time, and the others in the order in which they came. Used on one context only. */
final class Turns {
    private int free;
    /** A claim, a schema change or an open transaction of a shard, so a few for each shard at most. */
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();

    Turns(int most) {
        this.free = most;
    }

    /** Runs it when it is its turn, at once if that is now; {@link #give} is to be called when the turn is over. */
    void take(Runnable user) {
        if (free > 0) {
            free--;
            user.run();
        } else {
            waiting.add(user);
        }
    }

    void give() {
        Runnable next = waiting.poll();
        if (next == null) {
            free++;
        } else {
            next.run();
        }
    }
}
