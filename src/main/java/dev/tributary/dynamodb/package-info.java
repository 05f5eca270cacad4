/**
 * What the source and the sink of DynamoDB share: where the service is and how it is signed in to, what its failures mean, and how
 * an item is written as a document. Stands at both ends of a change's way, and knows neither.
 */
@NullMarked
package dev.tributary.dynamodb;

import org.jspecify.annotations.NullMarked;
