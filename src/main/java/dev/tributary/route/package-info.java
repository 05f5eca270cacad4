/** Between source and sink: which target table a record goes to, and by which key. */
@NullMarked
package dev.tributary.route;

import org.jspecify.annotations.NullMarked;
