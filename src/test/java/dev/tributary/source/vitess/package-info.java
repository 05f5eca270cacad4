@NullMarked
package dev.tributary.source.vitess;

import org.jspecify.annotations.NullMarked;
