package dev.tributary.bench;

import com.sun.management.ThreadMXBean;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import dev.tributary.servers.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import javax.management.MBeanServerConnection;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** A contestant's process, a JVM that does not outlive this one. */
final class BenchProcess implements AutoCloseable {
    private static final int TAIL_LINES = 15;
    private static final int EXIT_SECONDS = 60;

    private final String name;
    private final Process process;
    private final Path out;
    private final Path log;

    private BenchProcess(String name, Process process, Path out, Path log) {
        this.name = name;
        this.process = process;
        this.out = out;
        this.log = log;
    }

    static BenchProcess start(String name, List<String> command, Map<String, String> environment) {
        try {
            Path out = Files.createTempFile("tributary-bench-", ".out");
            Path log = Files.createTempFile("tributary-bench-", ".log");
            out.toFile().deleteOnExit();
            log.toFile().deleteOnExit();
            ProcessBuilder builder = new ProcessBuilder(ServerProcess.guarded("bench", command))
                    .redirectOutput(out.toFile())
                    .redirectError(log.toFile());
            // settings of whoever runs the benchmark are not the contestant's
            builder.environment().keySet().removeIf(key -> key.startsWith("TRIBUTARY_") || key.startsWith("QUARKUS_"));
            builder.environment().putAll(environment);
            return new BenchProcess(name, builder.start(), out, log);
        } catch (IOException e) {
            throw new UncheckedIOException("can't start " + name, e);
        }
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Whole lines of its stdout so far. */
    List<String> output() {
        try {
            String text = Files.readString(out);
            return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The end of its log, for an error. */
    String tail() {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Bytes that all its threads have allocated since its start. Asks it over a connection that costs it some CPU. */
    long allocatedBytes() {
        return ask(connection -> ManagementFactory.newPlatformMXBeanProxy(
                        connection, ManagementFactory.THREAD_MXBEAN_NAME, ThreadMXBean.class)
                .getTotalThreadAllocatedBytes());
    }

    /** Bytes of its heap that live, after a collection. The same holds. */
    long liveBytes() {
        return ask(connection -> {
            MemoryMXBean memory = ManagementFactory.newPlatformMXBeanProxy(
                    connection, ManagementFactory.MEMORY_MXBEAN_NAME, MemoryMXBean.class);
            memory.gc();
            return memory.getHeapMemoryUsage().getUsed();
        });
    }

    private interface Question {
        long ask(MBeanServerConnection connection) throws IOException;
    }

    @SuppressWarnings("BanJNDI") // both ends are this benchmark's own
    private long ask(Question question) {
        try {
            VirtualMachine machine = VirtualMachine.attach(Long.toString(pid()));
            try (JMXConnector connector =
                    JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent()))) {
                return question.ask(connector.getMBeanServerConnection());
            } finally {
                machine.detach();
            }
        } catch (IOException | AttachNotSupportedException e) {
            throw new IllegalStateException("can't ask " + name + " what its memory is", e);
        }
    }

    /** Asks it to end, so that it saves where it is, and waits until it has. */
    void stop() {
        try {
            new ProcessBuilder("sh", "-c", "kill -TERM " + pid()).start().waitFor();
            if (!process.waitFor(EXIT_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException(name + " does not end when asked to:\n" + tail());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    /** Kills it if it runs. */
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(EXIT_SECONDS, TimeUnit.SECONDS);
            Files.deleteIfExists(out);
            Files.deleteIfExists(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private static CancellationException interrupted() {
        Thread.currentThread().interrupt();
        return new CancellationException("interrupted while waiting for the end of a process");
    }
}
