package dev.tributary.config;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.time.Duration;
import java.util.Optional;

/**
 * The settings of a pipeline. Each comes from the environment ({@code tributary.batch.rows} is
 * {@code TRIBUTARY_BATCH_ROWS}), and a flag of the same name ({@code --batch.rows}) overrides it.
 */
@ConfigMapping(prefix = "tributary")
public interface Settings {
    /** Where changes come from: {@code vitess://[user:password@]host:port/keyspace?…} or {@code planetscale://…}. */
    Optional<String> source();

    /** Overrides the password in the source's URL. */
    @WithName("source.password")
    Optional<String> sourcePassword();

    /** Where changes go: {@code mysql://user:password@host:port/database?…} or {@code vitess://…}. */
    Optional<String> sink();

    /** Overrides the password in the sink's URL. */
    @WithName("sink.password")
    Optional<String> sinkPassword();

    /** The pipeline's name: pipelines that share a target keep their checkpoints apart by it. */
    @WithDefault("default")
    String pipeline();

    /** When the process ends by itself. */
    @WithDefault("never")
    Until until();

    /** The target table of records whose metadata names none; without it they go to a table of the source table's name. */
    Optional<String> table();

    /** Key columns that replace the source's, by table: {@code orders=tenant,id;items=sku}. */
    Optional<String> keyColumns();

    /** Whether missing target tables are created. */
    @WithDefault("create")
    SchemaPolicy schema();

    Batch batch();

    Buffer buffer();

    Copy copy();

    Retry retry();

    Shutdown shutdown();

    enum Until {
        /** Runs until it is stopped. */
        NEVER,
        /** Ends once the snapshot is durable at the target. */
        COPIED,
        /** Ends once all that was committed at the source when it started is durable at the target. */
        CAUGHT_UP
    }

    enum SchemaPolicy {
        /** The target's tables are the user's business; a missing one is an error. */
        NONE,
        /** Missing tables are created from the source's own DDL. */
        CREATE
    }

    interface Batch {
        /** Rows after which a batch is written; 1 to 100,000. */
        @WithDefault("2000")
        int rows();

        /**
         * Bytes of row images after which a batch is written; from 1 KiB. A transaction with more is committed in chunks of
         * about this size.
         */
        @WithDefault("8M")
        MemorySize bytes();

        /**
         * How long a batch may wait to be filled, from its first record. With 0 it is written as soon as the one before it
         * is, so that it grows under load and stays small without.
         */
        @WithDefault("0S")
        Duration delay();
    }

    interface Buffer {
        /** Row images that the whole process holds in memory at most, in bytes; one message of a stream may exceed it. */
        @WithDefault("64M")
        MemorySize bytes();
    }

    interface Copy {
        /** Parts of a shard's snapshot that are copied at a time; 1 to 64. */
        @WithDefault("4")
        int parts();

        /** Estimated rows from which a table with an integer key is cut into key ranges of about that size. */
        @WithDefault("1000000")
        long rangeRows();
    }

    interface Retry {
        /** The pause after a first transient failure; it doubles with each that follows. */
        @WithDefault("1S")
        Duration delay();

        /** The longest pause. */
        @WithDefault("1M")
        Duration maxDelay();
    }

    interface Shutdown {
        /** How long a stop waits for what is under way to become durable. */
        @WithDefault("20S")
        Duration timeout();
    }
}
