package dev.tributary;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarFile;

/**
 * The start that the launcher has the JVM keep the classes of. It finds nobody, so it would not come to those that carry rows: they
 * are loaded by name.
 */
final class Rehearsal {
    private static final String CLASS = ".class";

    private Rehearsal() {}

    /** @param jars whose classes are loaded, but DynamoDB's: the newest JVMs keep in memory whatever is in their archive */
    public static void main(String... jars) throws IOException {
        for (String path : jars) {
            // a pattern of the launcher to which no jar is found
            if (!Files.isRegularFile(Path.of(path))) {
                continue;
            }
            try (JarFile jar = new JarFile(path)) {
                jar.stream()
                        .map(entry -> entry.getName())
                        .filter(name -> name.endsWith(CLASS) && !name.startsWith("META-INF/"))
                        .filter(name -> !name.contains("dynamodb/"))
                        .map(name -> name.substring(0, name.length() - CLASS.length())
                                .replace('/', '.'))
                        .forEach(Rehearsal::load);
            }
        }
        Main.main("run");
    }

    private static void load(String name) {
        try {
            Class.forName(name, false, Rehearsal.class.getClassLoader());
        } catch (ClassNotFoundException | LinkageError e) {
            // it needs what is not there, so nobody else will load it either
        }
    }
}
