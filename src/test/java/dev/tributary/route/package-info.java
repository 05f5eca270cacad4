@NullMarked
package dev.tributary.route;

import org.jspecify.annotations.NullMarked;
