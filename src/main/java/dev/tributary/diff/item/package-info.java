/**
 * Items and what is in them, as a comparison with DynamoDB sees them, whatever end they were read from: one value for each
 * attribute, equal exactly where the values are. It knows no server, and nothing that reads or writes rows of the pipeline.
 */
@NullMarked
package dev.tributary.diff.item;

import org.jspecify.annotations.NullMarked;
