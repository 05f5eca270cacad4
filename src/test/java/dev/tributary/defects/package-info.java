/** Defects that can be planted in the packaged application, to show that the tests would catch them. */
@NullMarked
package dev.tributary.defects;

import org.jspecify.annotations.NullMarked;
