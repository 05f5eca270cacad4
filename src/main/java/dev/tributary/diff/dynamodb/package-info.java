/**
 * Reads DynamoDB for a comparison: items, tables, streams and saved positions, past source and sink. It shares addresses and
 * connections with these, and nothing that makes rows or items.
 */
@NullMarked
package dev.tributary.diff.dynamodb;

import org.jspecify.annotations.NullMarked;
