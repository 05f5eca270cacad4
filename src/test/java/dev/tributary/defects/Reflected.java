package dev.tributary.defects;

import java.lang.reflect.Method;

/** Calls the application's classes from a class loader that doesn't know them. Public for the code that is inlined there. */
public final class Reflected {
    private Reflected() {}

    /** Calls a method without parameters. */
    public static Object call(Object target, String method) {
        try {
            Method found = target.getClass().getMethod(method);
            found.setAccessible(true);
            return found.invoke(target);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(method + " of " + target.getClass(), e);
        }
    }

    /** Another constant of the same enum. */
    public static Object constant(Object one, String name) {
        for (Object constant : ((Enum<?>) one).getDeclaringClass().getEnumConstants()) {
            if (constant.toString().equals(name)) {
                return constant;
            }
        }
        throw new IllegalStateException("no " + name + " beside " + one);
    }
}
