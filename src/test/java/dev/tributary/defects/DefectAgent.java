package dev.tributary.defects;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.instrument.Instrumentation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import net.bytebuddy.agent.builder.AgentBuilder;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.matcher.ElementMatchers;
import net.bytebuddy.utility.JavaModule;
import org.jspecify.annotations.Nullable;

/** Plants one defect in the JVM that it is loaded into, and notes that in a file. */
public final class DefectAgent {
    private DefectAgent() {}

    /** @param arguments the defect's id, '=' and the file to which a line is added once it is planted */
    public static void premain(String arguments, Instrumentation instrumentation) {
        int equals = arguments.indexOf('=');
        Defect defect = Defect.of(arguments.substring(0, equals));
        Path file = Path.of(arguments.substring(equals + 1));
        new AgentBuilder.Default()
                .type(ElementMatchers.named(defect.type()))
                .transform((builder, type, loader, module, domain) -> {
                    if (type.getDeclaredMethods()
                            .filter(ElementMatchers.named(defect.methodName()))
                            .isEmpty()) {
                        throw new IllegalStateException(type + " has no method " + defect.methodName());
                    }
                    note(file, defect.id() + " in " + type.getName());
                    return builder.visit(Advice.to(defect.advice).on(ElementMatchers.named(defect.methodName())));
                })
                .with(new AgentBuilder.Listener.Adapter() {
                    @Override
                    public void onError(
                            String type,
                            @Nullable ClassLoader loader,
                            @Nullable JavaModule module,
                            boolean loaded,
                            Throwable failure) {
                        System.err.println("defect " + defect.id() + " could not be planted: " + failure);
                        Runtime.getRuntime().halt(3);
                    }
                })
                .installOn(instrumentation);
    }

    private static void note(Path file, String line) {
        try {
            Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
