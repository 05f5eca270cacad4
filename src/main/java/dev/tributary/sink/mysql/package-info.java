/**
 * Writes into tables of a server that speaks MySQL's protocol. A batch arrives at {@link MySqlSink}, goes to the
 * {@link Lane} of its stream, becomes statements ({@link Shape} says how rows of a table are written, {@link Fold} what is
 * left of many changes of one key), and these run with the saving of its position in one transaction of a {@link Session}.
 */
@NullMarked
package dev.tributary.sink.mysql;

import org.jspecify.annotations.NullMarked;
