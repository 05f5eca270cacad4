package dev.tributary.stream;

import dev.tributary.record.ChangeRecord;
import java.util.ArrayList;
import java.util.List;

/** Gathers records until they are a batch, and knows how many of them are whole transactions. One thread only. */
final class BatchBuilder {
    /** No more than a batch and what one message of the source holds besides: until it is sent, no other is asked for. */
    private List<ChangeRecord> records = new ArrayList<>();

    private long bytes;
    private long size;
    private int wholeRecords;
    private long wholeBytes;
    private long wholeSize;

    /**
     * @param imageBytes the bytes of the record's images
     * @param heapSize what it takes on the heap
     */
    void add(ChangeRecord record, int imageBytes, long heapSize) {
        records.add(record);
        bytes += imageBytes;
        size += heapSize;
    }

    /** All records so far are whole transactions. */
    void boundary() {
        wholeRecords = records.size();
        wholeBytes = bytes;
        wholeSize = size;
    }

    boolean isEmpty() {
        return records.isEmpty();
    }

    int wholeRecords() {
        return wholeRecords;
    }

    /** Bytes of the images of the whole transactions. */
    long wholeBytes() {
        return wholeBytes;
    }

    /** What the whole transactions take on the heap. */
    long wholeSize() {
        return wholeSize;
    }

    /** What the transaction that has begun and is not over takes on the heap. */
    long openSize() {
        return size - wholeSize;
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
        size -= wholeSize;
        wholeRecords = 0;
        wholeBytes = 0;
        wholeSize = 0;
        return whole;
    }
}
