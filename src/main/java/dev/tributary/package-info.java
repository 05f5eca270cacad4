/** The command line: reads the settings, starts a verb, and turns how it ended into one line and an exit code. */
@NullMarked
package dev.tributary;

import org.jspecify.annotations.NullMarked;
