/** DynamoDB into MySQL, end to end: the packaged application between a DynamoDB Local and a mysqld. */
@NullMarked
package dev.tributary.dynamodb;

import org.jspecify.annotations.NullMarked;
