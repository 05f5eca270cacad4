@NullMarked
package dev.tributary.sink.mysql;

import org.jspecify.annotations.NullMarked;
