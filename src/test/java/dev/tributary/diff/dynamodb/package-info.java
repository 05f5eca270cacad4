/** Tests of what a comparison reads of DynamoDB. */
@NullMarked
package dev.tributary.diff.dynamodb;

import org.jspecify.annotations.NullMarked;
