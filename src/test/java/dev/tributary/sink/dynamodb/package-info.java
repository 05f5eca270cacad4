/** The sink onto a DynamoDB Local. */
@org.jspecify.annotations.NullMarked
package dev.tributary.sink.dynamodb;
