package dev.tributary.console;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Draws a block of lines over the block before it, below the log's lines. Safe for any thread. */
final class Terminal {
    /** Standard error, which is a terminal if the system says so; where it can't be asked, it is taken for a file. */
    static final Terminal STDERR = new Terminal(System.err, stderrIsTerminal());

    private static final String WITHOUT_WRAPPING = "\u001b[?7l";
    private static final String WRAPPING = "\u001b[?7h";

    private final PrintStream out;
    private final boolean interactive;
    private int drawn;

    Terminal(PrintStream out, boolean interactive) {
        this.out = out;
        this.interactive = interactive;
    }

    private static boolean stderrIsTerminal() {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            boolean tty = target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
            return tty && !"dumb".equals(System.getenv("TERM"));
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    boolean isInteractive() {
        return interactive;
    }

    /** Draws lines over those that were drawn before; one that is too long for the terminal is cut. */
    synchronized void draw(List<String> lines) {
        out.print(erasure() + WITHOUT_WRAPPING + String.join("\n", lines) + "\n" + WRAPPING);
        out.flush();
        drawn = lines.size();
    }

    /** Takes the block away, to make room for something that stays. */
    synchronized void erase() {
        if (drawn > 0) {
            out.print(erasure());
            out.flush();
            drawn = 0;
        }
    }

    /** Goes up to the block's first line and clears what is below. */
    private String erasure() {
        return drawn == 0 ? "" : "\u001b[" + drawn + "A\u001b[J";
    }
}
