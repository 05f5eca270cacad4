/** Tests of what operators see. */
@org.jspecify.annotations.NullMarked
package dev.tributary.console;
