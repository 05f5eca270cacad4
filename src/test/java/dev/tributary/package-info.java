/** Tests of the command line and of the whole; the process under test is the packaged application. */
@NullMarked
package dev.tributary;

import org.jspecify.annotations.NullMarked;
