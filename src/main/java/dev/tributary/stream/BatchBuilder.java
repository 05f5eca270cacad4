package dev.tributary.stream;

import dev.tributary.record.ChangeRecord;
import java.util.ArrayList;
import java.util.List;

/** Gathers records until they are a batch, and knows how many of them are whole transactions. One thread only. */
final class BatchBuilder {
    private List<ChangeRecord> records = new ArrayList<>();
    private long bytes;
    private int wholeRecords;
    private long wholeBytes;

    void add(ChangeRecord record, int size) {
        records.add(record);
        bytes += size;
    }

    /** All records so far are whole transactions. */
    void boundary() {
        wholeRecords = records.size();
        wholeBytes = bytes;
    }

    boolean isEmpty() {
        return records.isEmpty();
    }

    int wholeRecords() {
        return wholeRecords;
    }

    long wholeBytes() {
        return wholeBytes;
    }

    long bytes() {
        return bytes;
    }

    /** Bytes of the transaction that has begun and is not over. */
    long openBytes() {
        return bytes - wholeBytes;
    }

    /** Takes the whole transactions out. */
    List<ChangeRecord> takeWhole() {
        List<ChangeRecord> whole;
        if (wholeRecords == records.size()) {
            whole = records;
            records = new ArrayList<>();
        } else {
            List<ChangeRecord> open = records.subList(wholeRecords, records.size());
            whole = List.copyOf(records.subList(0, wholeRecords));
            records = new ArrayList<>(open);
        }
        bytes -= wholeBytes;
        wholeRecords = 0;
        wholeBytes = 0;
        return whole;
    }
}
