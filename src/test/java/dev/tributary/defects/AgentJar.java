package dev.tributary.defects;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import net.bytebuddy.agent.builder.AgentBuilder;
import org.jspecify.annotations.Nullable;

/** Packs this package as a Java agent. */
final class AgentJar {
    private static final List<Class<?>> CLASSES =
            List.of(DefectAgent.class, Defect.class, Reflected.class, Statements.class, Meddling.class);

    private AgentJar() {}

    static Path create() throws IOException {
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.putValue("Premain-Class", DefectAgent.class.getName());
        attributes.putValue(
                "Class-Path",
                AgentBuilder.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toString());
        Path jar = Files.createTempFile("tributary-defects-", ".jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            for (Class<?> type : CLASSES) {
                add(out, type);
                for (Class<?> member : type.getDeclaredClasses()) {
                    add(out, member);
                }
            }
            add(out, DefectAgent.class.getName() + "$1");
        }
        return jar;
    }

    private static void add(JarOutputStream out, Class<?> type) throws IOException {
        add(out, type.getName());
    }

    private static void add(JarOutputStream out, String type) throws IOException {
        String file = type.replace('.', '/') + ".class";
        try (@Nullable InputStream in = AgentJar.class.getClassLoader().getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is missing");
            }
            out.putNextEntry(new JarEntry(file));
            in.transferTo(out);
            out.closeEntry();
        }
    }
}
