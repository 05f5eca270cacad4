package dev.tributary.console;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Draws a block of lines over the block before it. One thread only. */
final class Terminal {
    private final PrintStream out;
    private final boolean interactive;
    private int drawn;

    private Terminal(PrintStream out, boolean interactive) {
        this.out = out;
        this.interactive = interactive;
    }

    /** Standard error, which is a terminal if the system says so; where it can't be asked, it is taken for a file. */
    static Terminal ofStderr() {
        boolean tty;
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            tty = target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
        } catch (IOException | UnsupportedOperationException e) {
            tty = false;
        }
        return new Terminal(System.err, tty && !"dumb".equals(System.getenv("TERM")));
    }

    boolean isInteractive() {
        return interactive;
    }

    void draw(List<String> lines) {
        StringBuilder text = new StringBuilder();
        if (drawn > 0) {
            text.append("\u001b[").append(drawn).append("A\u001b[J");
        }
        for (String line : lines) {
            text.append(line).append('\n');
        }
        out.print(text);
        out.flush();
        drawn = lines.size();
    }
}
