package dev.tributary.config;

import io.quarkus.runtime.annotations.RegisterForReflection;
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
@RegisterForReflection
public interface Settings {
    /**
     * Where changes come from: {@code vitess://[user:password@]host:port/keyspace?…}, {@code planetscale://…} or
     * {@code dynamodb://[accessKeyId:secretAccessKey@]region/table[,table…]?…}.
     */
    @Summary("where changes come from: vitess://[user:password@]host:port/keyspace[?…] or dynamodb://region/table[?…]")
    Optional<String> source();

    /** Overrides the password in the source's URL; of DynamoDB, the secret access key. */
    @WithName("source.password")
    @Summary("overrides the password in the source's URL")
    Optional<String> sourcePassword();

    /**
     * Where changes go: {@code mysql://user:password@host:port/database?…}, {@code vitess://…} or
     * {@code dynamodb://[accessKeyId:secretAccessKey@]region[/prefix]?…}.
     */
    @Summary("where changes go: mysql://user:password@host:port/database[?…] or dynamodb://region[/prefix][?…]")
    Optional<String> sink();

    /** Overrides the password in the sink's URL; of DynamoDB, the secret access key. */
    @WithName("sink.password")
    @Summary("overrides the password in the sink's URL")
    Optional<String> sinkPassword();

    /** The pipeline's name: pipelines that share a target keep their checkpoints apart by it. */
    @WithDefault("default")
    @Summary("name that keeps the checkpoints of pipelines with a common target apart; up to 64 characters")
    String pipeline();

    /** When the process ends by itself. */
    @WithDefault("never")
    @Summary("when the process ends by itself: never, copied (snapshot), caught-up (all that was there at the start)")
    Until until();

    /** The target table of records whose metadata names none; without it they go to a table of the source table's name. */
    @Summary("target table of records whose metadata names none; otherwise the source table's name")
    Optional<String> table();

    /**
     * Key columns that replace the source's, by target table: {@code orders=tenant,id;items=sku}. At the end of every transaction
     * they must tell the source's rows apart; of rows that share them the one that was changed last is kept.
     */
    @Summary("key columns that replace the source's: orders=tenant,id;items=sku")
    Optional<String> keyColumns();

    /** Whether missing target tables are created, and the source's schema changes followed. */
    @WithDefault("create")
    @Summary("the target's tables: none (yours alone), create (missing ones), evolve (and follow the source's DDL)")
    SchemaPolicy schema();

    /** What happens where the source takes something away; only if schema changes are followed. */
    @WithName("schema.drops")
    @WithDefault("stop")
    @Summary("with schema=evolve, when the source drops or truncates: stop, keep (at the target), apply (there, too)")
    DropPolicy schemaDrops();

    /** What happens to values of columns that the target does not have. */
    @WithName("schema.missing")
    @WithDefault("stop")
    @Summary("columns of the source that the target lacks: stop, skip (they are left out)")
    MissingPolicy schemaMissing();

    /** What happens where the source no longer has what follows a shard's position. */
    @WithDefault("stop")
    @Summary(
            "if the source no longer has the changes behind a position: stop, resnapshot (copy again and delete what is gone)")
    LostPosition lostPosition();

    Batch batch();

    Buffer buffer();

    Copy copy();

    Retry retry();

    Shutdown shutdown();

    Lease lease();

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
        CREATE,
        /** The same, and schema changes of the source are made at the target. */
        EVOLVE
    }

    enum DropPolicy {
        /** The stream stops in front of it. */
        STOP,
        /** The target keeps column, table or rows. */
        KEEP,
        /** The target does the same. */
        APPLY
    }

    enum MissingPolicy {
        /** The stream stops. */
        STOP,
        /** They are left out. */
        SKIP
    }

    enum LostPosition {
        /** The pipeline stops. */
        STOP,
        /** The shard's tables are copied again over what is at the target, and what the source has no more is deleted there. */
        RESNAPSHOT;

        /** What to do about it, in words that follow what is lost; of both, what the target has. */
        public static final String ADVICE =
                "set TRIBUTARY_LOST_POSITION=resnapshot (which a DynamoDB as the target does not"
                        + " have) to have the tables copied again over what is at the target, and rows deleted there that the source has"
                        + " no more (the tables must be this pipeline's alone), or start a new pipeline (TRIBUTARY_PIPELINE) into an"
                        + " empty target";
    }

    interface Batch {
        /** Rows after which a batch is written; 1 to 100,000. */
        @WithDefault("5000")
        @Summary("rows after which a batch is written; 1 to 100000")
        int rows();

        /**
         * Bytes of memory after which a batch is written; from 1 KiB. A transaction with more is committed in chunks of about
         * this size.
         */
        @WithDefault("8M")
        @Summary("bytes of memory after which a batch is written; 1K to 1G")
        MemorySize bytes();

        /**
         * How long a batch may wait to be filled, from its first record. With 0 it is written as soon as the one before it
         * is, so that it grows under load and stays small without.
         */
        @WithDefault("0S")
        @Summary("how long a batch waits to be filled; 0S to 1H, with 0S it is written once the one before it is")
        Duration delay();
    }

    interface Buffer {
        /**
         * Memory that changes which are read and not yet durable take at most in the whole process, in bytes: values and the
         * objects that hold them. A few messages of each stream may exceed it. Where it is not set: {@link BufferSize}.
         */
        @Summary(
                "bytes of memory that changes on their way take at most; 1M to 1T; else a quarter of the heap, 16M to 256M")
        Optional<MemorySize> bytes();
    }

    interface Copy {
        /** Parts of a shard's snapshot that are copied at a time; 1 to 64. */
        @WithDefault("4")
        @Summary("parts of a shard's snapshot copied at a time; 1 to 64")
        int parts();

        /** Estimated rows from which a table with an integer key is cut into key ranges of about that size. */
        @WithDefault("1000000")
        @Summary("estimated rows from which a table with an integer key is copied in key ranges of that size")
        long rangeRows();
    }

    interface Retry {
        /** The pause after a first transient failure; it doubles with each that follows. */
        @WithDefault("1S")
        @Summary("pause after a first transient failure, doubles with each that follows; 1MS to 24H")
        Duration delay();

        /** The longest pause; so much later than it could the pipeline may go on when a server is back. */
        @WithDefault("3S")
        @Summary("longest pause between attempts")
        Duration maxDelay();
    }

    interface Shutdown {
        /** How long a stop waits for what is under way to become durable. */
        @WithDefault("20S")
        @Summary("how long a stop waits for what is under way to become durable; 0S to 1H")
        Duration timeout();
    }

    interface Lease {
        /**
         * How long a process that is not heard of keeps its shards; then others of the pipeline take them. By the target's clock. It
         * is renewed several times meanwhile.
         */
        @WithDefault("10S")
        @Summary("how long a process that is not heard of keeps its shards, then others take them; 2S to 1H")
        Duration duration();
    }
}
