package dev.tributary.servers;

import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Of the classes that bear this one runs at a time, whichever JVM they run in: each has a cluster of many servers of its own, or many
 * processes, and two of them together leave each other no time to start.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(OneAtATime.Lock.class)
public @interface OneAtATime {
    /** Holds a lock of the operating system's, which ends with the JVM. */
    final class Lock implements BeforeAllCallback, AfterAllCallback {
        private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(Lock.class);
        private static final Path FILE = Path.of(System.getProperty("basedir", ""), "target", "one-at-a-time.lock");

        @Override
        public void beforeAll(ExtensionContext context) throws IOException {
            FileChannel file = FileChannel.open(FILE, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            file.lock();
            context.getStore(NAMESPACE).put(FILE, file);
        }

        @Override
        public void afterAll(ExtensionContext context) throws IOException {
            FileChannel held = context.getStore(NAMESPACE).remove(FILE, FileChannel.class);
            if (held != null) {
                held.close();
            }
        }
    }
}
