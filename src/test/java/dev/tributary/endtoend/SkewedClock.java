package dev.tributary.endtoend;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.ProtectionDomain;
import java.time.Duration;
import java.time.Instant;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;

/**
 * The clocks of a process that are not those of the others: an agent has every class but the JDK's ask here instead of
 * {@link System#currentTimeMillis}, {@link System#nanoTime} and {@link Instant#now()}. The wall clock may be any time ahead or behind,
 * and the monotonic one too, whose beginning on one machine is otherwise the same for all. The classes are changed in their
 * constant pools alone, where methods of that name and shape are said to be this class's.
 */
public final class SkewedClock implements ClassFileTransformer {
    private static final byte UTF8 = 1;
    private static final byte CLASS = 7;
    private static final byte METHOD = 10;

    private static long wallMillis;
    private static long monotonicNanos;

    private SkewedClock() {}

    /** The flag of a JVM whose clocks are ahead by so much; behind, if it is negative. */
    static String option(Path jar, Duration wall, Duration monotonic) {
        return "-javaagent:" + jar + "=" + wall.toMillis() + "," + monotonic.toNanos();
    }

    /** Packs it as an agent, to be deleted by the caller. */
    static Path jar() throws IOException {
        String file = SkewedClock.class.getName().replace('.', '/') + ".class";
        Path jar = Files.createTempFile("tributary-clock-", ".jar");
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.putValue("Premain-Class", SkewedClock.class.getName());
        // whatever loads a class finds it there
        attributes.putValue("Boot-Class-Path", jar.getFileName().toString());
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest);
                @Nullable InputStream in = SkewedClock.class.getClassLoader().getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is missing");
            }
            out.putNextEntry(new JarEntry(file));
            in.transferTo(out);
            out.closeEntry();
        }
        return jar;
    }

    /** @param arguments milliseconds of the wall clock, and nanoseconds of the monotonic one */
    public static void premain(String arguments, Instrumentation instrumentation) {
        int comma = arguments.indexOf(',');
        wallMillis = Long.parseLong(arguments.substring(0, comma));
        monotonicNanos = Long.parseLong(arguments.substring(comma + 1));
        instrumentation.addTransformer(new SkewedClock());
    }

    /** Instead of {@link System}'s. */
    public static long currentTimeMillis() {
        return System.currentTimeMillis() + wallMillis;
    }

    /** Instead of {@link System}'s. */
    public static long nanoTime() {
        return System.nanoTime() + monotonicNanos;
    }

    /** Instead of {@link Instant}'s. */
    public static Instant now() {
        return Instant.now().plusMillis(wallMillis);
    }

    @Override
    public byte @Nullable [] transform(
            @Nullable ClassLoader loader,
            String name,
            @Nullable Class<?> redefined,
            @Nullable ProtectionDomain domain,
            byte[] bytes) {
        if (loader == null || loader == ClassLoader.getPlatformClassLoader()) {
            return null;
        }
        try {
            return skewed(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same class with another owner of those methods; null if it calls none of them. */
    private static byte @Nullable [] skewed(byte[] bytes) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        int count = in.getShort(8) & 0xffff;
        int[] at = new int[count];
        int place = 10;
        for (int i = 1; i < count; i++) {
            at[i] = place;
            int tag = bytes[place];
            place += switch (tag) {
                case UTF8 -> 3 + (in.getShort(place + 1) & 0xffff);
                case 3, 4, 9, METHOD, 11, 12, 17, 18 -> 5;
                case 5, 6 -> 9;
                case 15 -> 4;
                default -> 3;
            };
            if (tag == 5 || tag == 6) {
                i++; // takes two places
            }
        }
        boolean found = false;
        for (int i = 1; i < count; i++) {
            if (at[i] != 0 && bytes[at[i]] == METHOD && isOfAClock(in, at, at[i])) {
                in.putShort(at[i] + 1, (short) (count + 1));
                found = true;
            }
        }
        if (!found) {
            return null;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length + 64);
        DataOutputStream data = new DataOutputStream(out);
        data.write(bytes, 0, 8);
        data.writeShort(count + 2);
        data.write(bytes, 10, place - 10);
        data.writeByte(UTF8);
        data.writeUTF(SkewedClock.class.getName().replace('.', '/'));
        data.writeByte(CLASS);
        data.writeShort(count);
        data.write(bytes, place, bytes.length - place);
        return out.toByteArray();
    }

    private static boolean isOfAClock(ByteBuffer in, int[] at, int method) throws IOException {
        int named = at[in.getShort(method + 3) & 0xffff];
        String what = text(in, at[in.getShort(at[in.getShort(method + 1) & 0xffff] + 1) & 0xffff]) + "."
                + text(in, at[in.getShort(named + 1) & 0xffff])
                + text(in, at[in.getShort(named + 3) & 0xffff]);
        return switch (what) {
            case "java/lang/System.currentTimeMillis()J",
                    "java/lang/System.nanoTime()J",
                    "java/time/Instant.now()Ljava/time/Instant;" -> true;
            default -> false;
        };
    }

    private static String text(ByteBuffer in, int at) throws IOException {
        byte[] bytes = in.array();
        return new DataInputStream(new ByteArrayInputStream(bytes, at + 1, bytes.length - at - 1)).readUTF();
    }
}
