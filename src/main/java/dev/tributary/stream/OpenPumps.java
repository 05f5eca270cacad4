package dev.tributary.stream;

import dev.tributary.record.StreamId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The open streams of a shard: as many parts as may be copied at a time, and the change stream. Used on its context. */
final class OpenPumps {
    private final List<StreamPump> open = new ArrayList<>();
    private final ShardReport report;

    OpenPumps(ShardReport report) {
        this.report = report;
    }

    StreamPump add(StreamPump pump) {
        open.add(pump);
        show();
        return pump;
    }

    void remove(StreamPump pump) {
        open.remove(pump);
    }

    int count() {
        return open.size();
    }

    /** The change stream; null while there is none. */
    @Nullable
    StreamPump changes() {
        return open.stream()
                .filter(pump -> pump.stream().part().isChanges())
                .findAny()
                .orElse(null);
    }

    /** The parts that are copied. */
    Set<StreamId> copies() {
        return copying().map(StreamPump::stream).collect(Collectors.toSet());
    }

    /** How many rows were read of each of them that has read some, and waits for more. */
    Map<StreamId, Long> waitingCopies() {
        return copying()
                .filter(pump -> pump.isWaiting() && pump.progress().rowsRead() > 0)
                .collect(Collectors.toMap(
                        StreamPump::stream, pump -> pump.progress().rowsRead()));
    }

    private Stream<StreamPump> copying() {
        return open.stream().filter(pump -> !pump.stream().part().isChanges());
    }

    /** Shows others how they stand. */
    void show() {
        report.show(open);
    }

    /** Ends all at once. */
    void stop() {
        open.forEach(StreamPump::stop);
        open.clear();
        show();
    }

    void drain() {
        List.copyOf(open).forEach(StreamPump::drain);
    }

    /** Whether nothing is on its way. */
    boolean areQuiet() {
        return open.stream().allMatch(pump -> pump.window().isQuiet());
    }

    /** Whether the target holds a transaction open for one of them. */
    boolean holdOpen() {
        return open.stream().anyMatch(StreamPump::isOpen);
    }
}
