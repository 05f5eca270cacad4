package dev.tributary;

import io.quarkus.runtime.annotations.QuarkusMain;

/** Where the process starts. */
@QuarkusMain
public final class Main {
    Main() {}

    public static void main(String... arguments) {
        int code = Verbs.commandLine().execute(arguments);
        System.out.flush();
        System.err.flush();
        System.exit(code);
    }
}
