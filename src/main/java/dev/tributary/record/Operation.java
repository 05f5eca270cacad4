package dev.tributary.record;

/** What happened to a row; the words are OpenCDC's. */
public enum Operation {
    /** The row was there when its table was copied. */
    SNAPSHOT,
    CREATE,
    UPDATE,
    DELETE
}
