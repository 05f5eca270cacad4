package dev.tributary.sink.mysql;

/** In which way a server takes text, so that it is there as the source has it. */
enum Texts {
    /** As the bytes of the column's charset. */
    BYTES,
    /** As digits that stand for them: a VTGate writes parameters into SQL, in the session's charset. */
    DIGITS,
    /** As characters alone: a VTGate of several shards looks into some of them for the shard. */
    CHARACTERS
}
