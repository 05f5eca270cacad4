@NullMarked
package dev.tributary.source.dynamodb;

import org.jspecify.annotations.NullMarked;
