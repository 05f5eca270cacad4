package dev.tributary.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordingFile;
import org.jspecify.annotations.Nullable;

/** What a contestant's flight recorder saw: where its threads were and what they allocated, the hottest first. */
final class Profile {
    private static final int LINES = 25;
    private static final String OURS = "dev.tributary.";

    private final Map<String, Long> samples = new HashMap<>();
    private final Map<String, Long> own = new HashMap<>();
    private final Map<String, Long> threads = new HashMap<>();
    private final Map<String, Long> allocations = new HashMap<>();
    private final Map<String, Long> allocatedTypes = new HashMap<>();

    private Profile() {}

    /** The flags of a JVM that records itself into a file of this directory, which it writes when it ends in order. */
    static List<String> flags(Path directory) {
        return List.of(
                "-XX:StartFlightRecording:settings=profile,dumponexit=true,filename=" + directory,
                "-XX:FlightRecorderOptions:stackdepth=128",
                "-Xlog:jfr+startup=error",
                "-XX:+UnlockDiagnosticVMOptions",
                "-XX:+DebugNonSafepoints");
    }

    /** What the recording says, as text. */
    static String of(Path recording) {
        Profile profile = new Profile();
        try (RecordingFile events = new RecordingFile(recording)) {
            while (events.hasMoreEvents()) {
                profile.add(events.readEvent());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return profile.text();
    }

    /** The recording that is in the directory and was not before, under a name that says what it is of. */
    static Optional<Path> newest(Path directory, List<Path> before, String name) {
        return recordings(directory).stream()
                .filter(file -> !before.contains(file))
                .findFirst()
                .map(recording -> {
                    Path named = recording.resolveSibling(name.replaceAll("[^A-Za-z0-9]+", "-") + ".jfr");
                    try {
                        return Files.move(recording, named, StandardCopyOption.REPLACE_EXISTING);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
    }

    static List<Path> recordings(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".jfr")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void add(RecordedEvent event) {
        RecordedStackTrace trace = event.getStackTrace();
        switch (event.getEventType().getName()) {
            case "jdk.ExecutionSample" -> {
                add(samples, top(trace), 1);
                add(own, ofOurs(trace), 1);
                add(threads, group(event.getThread("sampledThread").getJavaName()), 1);
            }
            case "jdk.ObjectAllocationSample" -> {
                long weight = event.getLong("weight");
                add(allocations, top(trace) + "  <  " + ofOurs(trace), weight);
                add(allocatedTypes, event.getClass("objectClass").getName(), weight);
            }
            default -> {}
        }
    }

    private static void add(Map<String, Long> sums, String key, long amount) {
        sums.merge(key, amount, Long::sum);
    }

    private static String group(@Nullable String thread) {
        return Objects.requireNonNullElse(thread, "?").replaceAll("[0-9]+$", "*");
    }

    private static String top(@Nullable RecordedStackTrace trace) {
        return trace == null || trace.getFrames().isEmpty()
                ? "?"
                : name(trace.getFrames().getFirst());
    }

    /** The innermost frame of the application. */
    private static String ofOurs(@Nullable RecordedStackTrace trace) {
        if (trace == null) {
            return "?";
        }
        return trace.getFrames().stream()
                .filter(frame -> frame.getMethod().getType().getName().startsWith(OURS))
                .findFirst()
                .map(Profile::name)
                .orElse("-");
    }

    private static String name(RecordedFrame frame) {
        RecordedMethod method = frame.getMethod();
        String type = method.getType().getName();
        return type.substring(type.lastIndexOf('.') + 1) + "." + method.getName() + ":" + frame.getLineNumber();
    }

    private String text() {
        return section("threads, by samples", threads)
                + section("hottest frames", samples)
                + section("hottest frames of the application, with what they call", own)
                + section("allocation sites, and for whom", allocations)
                + section("allocated types", allocatedTypes);
    }

    private static String section(String title, Map<String, Long> sums) {
        double all =
                Math.max(1, sums.values().stream().mapToLong(Long::longValue).sum());
        return sums.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()))
                .limit(LINES)
                .map(entry ->
                        String.format(Locale.ROOT, "  %5.1f %%  %s%n", 100 * entry.getValue() / all, entry.getKey()))
                .collect(Collectors.joining("", title + "\n", ""));
    }
}
