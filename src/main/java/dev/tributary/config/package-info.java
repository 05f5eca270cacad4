/** What the user sets: settings with their defaults and bounds, and the URLs of source and sink. */
@NullMarked
package dev.tributary.config;

import org.jspecify.annotations.NullMarked;
