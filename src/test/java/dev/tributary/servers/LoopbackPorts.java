package dev.tributary.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Free loopback ports. They are drawn from below the range that the kernel gives to outgoing connections, so that a
 * port is still free when a killed server comes back to it.
 */
public final class LoopbackPorts {
    private static final int FIRST = 13_000;
    private static final int END = 32_000;
    /** Of the range, one for each JVM that runs tests at a time: a port may be given and not yet bound. */
    private static final int STRIPES = 16;

    private static final int WIDTH = (END - FIRST) / STRIPES;
    private static final FileLock STRIPE = ownStripe();
    private static final int START = FIRST + (int) STRIPE.position() * WIDTH;
    private static final Set<Integer> GIVEN = new HashSet<>();

    private LoopbackPorts() {}

    /** One that no other call in this JVM gave or will give. */
    public static synchronized int next() {
        for (int attempt = 0; attempt < 1_000; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(START, START + WIDTH);
            if (!GIVEN.contains(port) && isFree(port)) {
                GIVEN.add(port);
                return port;
            }
        }
        throw new IllegalStateException("no free loopback port between " + START + " and " + (START + WIDTH));
    }

    /** One that no other JVM of this machine holds; this one does until it ends. */
    private static FileLock ownStripe() {
        try {
            Files.createDirectories(CacheDirectory.root());
            // never closed: that would give the lock back
            FileChannel file = FileChannel.open(
                    CacheDirectory.root().resolve("ports.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            for (int stripe = 0; stripe < STRIPES; stripe++) {
                FileLock lock = file.tryLock(stripe, 1, false);
                if (lock != null) {
                    return lock;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new IllegalStateException("more than " + STRIPES + " JVMs start servers on this machine");
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether a server accepts connections there. */
    static boolean answers(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}
