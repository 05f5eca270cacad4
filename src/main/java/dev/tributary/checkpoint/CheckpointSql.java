package dev.tributary.checkpoint;

import dev.tributary.record.KnownShards;

/** The statements on the checkpoint table. Every name is quoted: some are words of MySQL's or VTGate's grammar. */
final class CheckpointSql {
    /** Characters of a pipeline's, keyspace's, shard's or table's name; all together fit an index of InnoDB's. */
    static final int MAX_NAME = 128;

    /** The state of a shard of which nothing is carried any more; only its epoch is kept. */
    static final String FORGOTTEN = "forgotten";
    /** The state of a change stream that goes on. */
    static final String CHANGES = "changes";
    /** The state of a change stream that has come to its end, whose rows no other shard has been given yet. */
    static final String ENDED = "ended";
    /** The state of a change stream whose rows other shards have. */
    static final String CLOSED = "closed";

    private static final String SHARD = " WHERE `pipeline` = ? AND `keyspace` = ? AND `shard` = ?";
    private static final String STREAM = SHARD + " AND `source_table` = ? AND `part` = ?";

    /** The table's name, quoted. */
    final String table;
    /** Makes it. */
    final String create;
    /** Lists the shards that are planned, and whether they have been as they are for long: pipeline. */
    final String shards;
    /** Reads every shard's change stream, and whether it has been as it is for long: pipeline. */
    final String streams;
    /** Locks the name of a table that several keyspaces may have: pipeline, table. */
    final String lockName;
    /** Reads and locks a shard's change stream, and no other row: pipeline, keyspace, shard. */
    final String lockStream;
    /** Reads and locks the change streams of a keyspace: pipeline, keyspace. */
    final String lockStreams;
    /** Forgets all parts: pipeline, keyspace, shard. */
    final String forgetAllParts;
    /** Ends a change stream, with the reshard that it came to in the place of a part's range: id, pipeline, keyspace, shard. */
    final String end;
    /** Closes a change stream that has ended: pipeline, keyspace, shard. */
    final String close;
    /** Forgets one that has been so for long: pipeline, keyspace, shard, reshard. */
    final String forgetClosed;
    /** Opens a shard that has others' rows, new or once more: pipeline, keyspace, shard, position, tables. */
    final String openShard;
    /** Gives what of an open shard is not planned yet a new epoch, so that it won't be: pipeline, keyspace, shard. */
    final String preventPlan;
    /** Tells how far each table is in each shard: pipeline. */
    final String states;
    /** Tables to be swept, which are no shard's: pipeline. */
    final String sweeps;
    /** Has a table swept, once more if it is to be already: pipeline, keyspace, table, mark. */
    final String sweep;
    /** A table is swept: pipeline, keyspace, table, how often that was wanted. */
    final String swept;
    /** Adds a shard's change stream, if it is not there: pipeline, keyspace, shard, owner. */
    final String addShard;
    /** Reads a shard's rows: pipeline, keyspace, shard. */
    final String shard;
    /** The same, and locks them. */
    final String lockShard;
    /** Locks a shard's change stream if it has this epoch: pipeline, keyspace, shard, epoch. */
    final String hold;
    /** Gives a shard's rows a new epoch: epoch, owner, pipeline, keyspace, shard. */
    final String raiseEpoch;
    /** Plans the tables: tables, pipeline, keyspace, shard, table, part, epoch. */
    final String planTables;
    /** Adds a part: pipeline, keyspace, shard, table, part, range, position, state, epoch, owner. */
    final String addPart;
    /** Saves a position: position, pipeline, keyspace, shard, table, part, epoch. */
    final String save;
    /** The same, and the part is copied; a late one catches up then. */
    final String saveCopied;
    /** Hands the late parts over, which are copied: pipeline, keyspace, shard. */
    final String join;
    /** Forgets the copied parts: pipeline, keyspace, shard. */
    final String forgetParts;
    /** Forgets a table's parts: pipeline, keyspace, shard, table. */
    final String forgetTable;
    /** Forgets what is carried of a shard, but not its epoch: pipeline, keyspace, shard. */
    final String forgetShard;

    CheckpointSql(String schema) {
        table = (schema.isEmpty() ? "" : quoted(schema) + ".") + quoted(MySqlCheckpoints.TABLE);
        create = "CREATE TABLE IF NOT EXISTS " + table + " (`pipeline` VARCHAR(" + MAX_NAME
                + ") NOT NULL, `keyspace` VARCHAR("
                + MAX_NAME + ") NOT NULL, `shard` VARCHAR(" + MAX_NAME + ") NOT NULL, `source_table` VARCHAR("
                + MAX_NAME
                + ") NOT NULL, `part` INT NOT NULL, `key_range` MEDIUMTEXT NOT NULL, `position` LONGTEXT NULL,"
                + " `state` VARCHAR(16) NOT NULL, `epoch` BIGINT NOT NULL, `owner` VARCHAR(255) NOT NULL,"
                + " `tables` LONGTEXT NULL,"
                + " `updated_at` TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),"
                + " PRIMARY KEY (`pipeline`, `keyspace`, `shard`, `source_table`, `part`))"
                + " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin";
        String old = "TIMESTAMPDIFF(SECOND, `updated_at`, CURRENT_TIMESTAMP(6)) >= " + KnownShards.OLD.toSeconds();
        shards = "SELECT `keyspace`, `shard`, `state`, " + old + " AS `is_old` FROM " + table
                + " WHERE `pipeline` = ? AND `source_table` = '' AND `tables` IS NOT NULL";
        String select = "SELECT `keyspace`, `shard`, `state`, `key_range`, `epoch`, `tables`";
        String stream = select + " FROM " + table;
        streams = select + ", " + old + " AS `is_old` FROM " + table
                + " WHERE `pipeline` = ? AND `source_table` = '' ORDER BY `keyspace`, `shard`";
        lockName = "INSERT INTO " + table
                + " (`pipeline`, `keyspace`, `shard`, `source_table`, `part`, `key_range`, `state`, `epoch`, `owner`)"
                + " VALUES (?, '', '', ?, 0, '', 'name', 0, '') ON DUPLICATE KEY UPDATE `epoch` = `epoch`";
        lockStream = stream + SHARD + " AND `source_table` = '' AND `part` = 0 FOR UPDATE";
        lockStreams = stream + " WHERE `pipeline` = ? AND `keyspace` = ? AND `source_table` = '' ORDER BY `shard`"
                + " FOR UPDATE";
        // no range of an index: its end would be the next shard's row, which that one's transaction has locked
        forgetAllParts = "DELETE FROM " + table + SHARD + " AND LENGTH(`source_table`) > 0";
        end = "UPDATE " + table + " SET `state` = '" + ENDED + "', `key_range` = ?, `tables` = ?" + SHARD
                + " AND `source_table` = ''";
        close = "UPDATE " + table + " SET `state` = '" + CLOSED + "'" + SHARD
                + " AND `source_table` = '' AND `part` = 0" + " AND `state` = '" + ENDED + "'";
        forgetClosed = "DELETE FROM " + table + SHARD + " AND `source_table` = '' AND `part` = 0 AND `state` = '"
                + CLOSED + "' AND `key_range` = ? AND " + old;
        openShard = "INSERT INTO " + table
                + " (`pipeline`, `keyspace`, `shard`, `source_table`, `part`, `key_range`, `position`, `state`, `epoch`,"
                + " `owner`, `tables`) VALUES (?, ?, ?, '', 0, '', ?, '" + CHANGES
                + "', 0, '', ?) ON DUPLICATE KEY UPDATE"
                + " `key_range` = '', `position` = VALUES(`position`), `state` = '" + CHANGES
                + "', `epoch` = `epoch` + 1,"
                + " `owner` = '', `tables` = VALUES(`tables`)";
        preventPlan = "UPDATE " + table + " SET `epoch` = `epoch` + 1" + SHARD + " AND `tables` IS NULL";
        sweeps = "SELECT `keyspace`, `source_table`, `epoch` FROM " + table
                + " WHERE `pipeline` = ? AND `shard` = '' AND `state` = 'sweep'";
        sweep = "INSERT INTO " + table
                + " (`pipeline`, `keyspace`, `shard`, `source_table`, `part`, `key_range`, `state`, `epoch`, `owner`)"
                + " VALUES (?, ?, '', ?, 0, '', 'sweep', ?, '') ON DUPLICATE KEY UPDATE `epoch` = `epoch` + 1";
        swept = "DELETE FROM " + table + " WHERE `pipeline` = ? AND `keyspace` = ? AND `shard` = ''"
                + " AND `source_table` = ? AND `state` = 'sweep' AND `epoch` = ?";
        states = "SELECT `keyspace`, `shard`, `source_table`, `state`, `tables`, `position` FROM " + table
                + " WHERE `pipeline` = ? AND `shard` <> ''";
        addShard = "INSERT INTO " + table
                + " (`pipeline`, `keyspace`, `shard`, `source_table`, `part`, `key_range`, `state`,"
                + " `epoch`, `owner`) VALUES (?, ?, ?, '', 0, '', '" + CHANGES
                + "', 0, ?) ON DUPLICATE KEY UPDATE `epoch` = `epoch`";
        shard = "SELECT `source_table`, `part`, `key_range`, `position`, `state`, `epoch`, `tables`, `owner` FROM "
                + table + SHARD + " ORDER BY `source_table`, `part`";
        lockShard = shard + " FOR UPDATE";
        hold = "SELECT `position` FROM " + table + SHARD + " AND `source_table` = '' AND `epoch` = ? FOR UPDATE";
        raiseEpoch = "UPDATE " + table + " SET `epoch` = ?, `owner` = ?" + SHARD;
        planTables = "UPDATE " + table + " SET `tables` = ?, `position` = COALESCE(?, `position`),"
                + " `state` = '" + CHANGES + "',"
                + " `updated_at` = CURRENT_TIMESTAMP(6)" + STREAM + " AND `epoch` = ?";
        addPart = "INSERT INTO " + table + " (`pipeline`, `keyspace`, `shard`, `source_table`, `part`, `key_range`,"
                + " `position`, `state`, `epoch`, `owner`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
        save = "UPDATE " + table + " SET `position` = ?, `updated_at` = CURRENT_TIMESTAMP(6)" + STREAM
                + " AND `epoch` = ?";
        saveCopied = "UPDATE " + table + " SET `position` = ?, `state` = CASE WHEN `state` IN ('late', 'catching-up')"
                + " THEN 'catching-up' ELSE 'copied' END, `updated_at` = CURRENT_TIMESTAMP(6)" + STREAM
                + " AND `epoch` = ?";
        join = "UPDATE " + table + " SET `state` = 'copied'" + SHARD + " AND `state` = 'catching-up'";
        // no range, as above
        forgetParts = "DELETE FROM " + table + SHARD + " AND `state` = 'copied'";
        forgetTable = "DELETE FROM " + table + SHARD + " AND `source_table` = ?";
        forgetShard = "UPDATE " + table + " SET `tables` = NULL, `position` = NULL, `key_range` = '', `state` = '"
                + FORGOTTEN + "'" + SHARD + " AND `source_table` = ''";
    }

    static String quoted(String name) {
        return '`' + name.replace("`", "``") + '`';
    }
}
