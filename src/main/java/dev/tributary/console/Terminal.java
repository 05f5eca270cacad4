package dev.tributary.console;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Draws a block of lines over the block before it, below the log's lines. Safe for any thread. */
final class Terminal {
    /** Standard error, which is a terminal if the system says so; where it can't be asked, it is taken for a file. */
    static final Terminal STDERR = new Terminal(System.err, stderrIsTerminal());

    private static final String WITHOUT_WRAPPING = "\u001b[?7l";
    private static final String WRAPPING = "\u001b[?7h";

    private final PrintStream out;
    private final boolean interactive;
    private final AtomicInteger drawn = new AtomicInteger();

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
    void draw(List<String> lines) {
        String erasure = erasure(drawn.getAndSet(lines.size()));
        out.print(erasure + WITHOUT_WRAPPING + String.join("\n", lines) + "\n" + WRAPPING);
        out.flush();
    }

    /** Takes the block away, to make room for something that stays. */
    void erase() {
        int lines = drawn.getAndSet(0);
        if (lines > 0) {
            out.print(erasure(lines));
            out.flush();
        }
    }

    /** Goes up to the block's first line and clears what is below. */
    private static String erasure(int lines) {
        return lines == 0 ? "" : "\u001b[" + lines + "A\u001b[J";
    }
}
