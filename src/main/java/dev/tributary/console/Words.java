package dev.tributary.console;

import dev.tributary.stream.StreamState;
import dev.tributary.stream.StreamState.BackingOff;
import dev.tributary.stream.StreamState.Claiming;
import dev.tributary.stream.StreamState.Closed;
import dev.tributary.stream.StreamState.Copying;
import dev.tributary.stream.StreamState.Draining;
import dev.tributary.stream.StreamState.Ended;
import dev.tributary.stream.StreamState.Failed;
import dev.tributary.stream.StreamState.Following;
import dev.tributary.stream.StreamState.Released;

/** States in an operator's words. */
final class Words {
    private Words() {}

    /** A word of it alone, as labels have it. */
    static String name(StreamState state) {
        return switch (state) {
            case Claiming() -> "claiming";
            case Copying copying -> "copying";
            case Following following -> "following";
            case BackingOff off -> "waiting";
            case Draining() -> "draining";
            case Closed() -> "closed";
            case Ended() -> "ended";
            case Released() -> "released";
            case Failed failed -> "failed";
        };
    }

    static String of(StreamState state) {
        return switch (state) {
            case Claiming() -> "claiming";
            case Copying(int copied, int parts) -> "copying, " + copied + " of " + parts + " parts done";
            case Following(int copied, int parts) ->
                parts == 0
                        ? "following"
                        : "following, but for tables that came later: " + copied + " of " + parts + " parts copied";
            case BackingOff(int failures, String cause) -> "waiting after failure " + failures + ": " + cause;
            case Draining() -> "draining";
            case Closed() -> "closed: the shard was resharded";
            case Ended() -> "ended";
            case Released() -> "released: another process has the shard";
            case Failed(String cause) -> "failed: " + cause;
        };
    }
}
