package dev.tributary.defects;

import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.List;

/** Cuts a batch's transaction in two. Public for the code that is inlined into the application. */
public final class Statements {
    /** Long enough that most power cuts fall into it. */
    private static final String PAUSE = "DO SLEEP(0.05)";

    private Statements() {}

    /** Puts a COMMIT between the position's statements and the rows'. */
    public static void split(List<Object> statements, boolean positionFirst) {
        List<Object> position = new ArrayList<>();
        List<Object> rows = new ArrayList<>();
        for (Object statement : statements) {
            String purpose = Reflected.call(statement, "purpose").toString();
            (purpose.equals("FENCE") || purpose.equals("SAVING") ? position : rows).add(statement);
        }
        if (position.isEmpty() || rows.isEmpty()) {
            return;
        }
        Object example = position.getFirst();
        statements.clear();
        statements.addAll(positionFirst ? position : rows);
        statements.add(like(example, "COMMIT"));
        statements.add(like(example, PAUSE));
        statements.addAll(positionFirst ? rows : position);
    }

    /** A statement without parameters, whose outcome is not judged. */
    private static Object like(Object example, String sql) {
        try {
            Class<?> tuple = Class.forName(
                    "io.vertx.sqlclient.Tuple", true, example.getClass().getClassLoader());
            Object rows = Reflected.constant(Reflected.call(example, "purpose"), "ROWS");
            Constructor<?> constructor = example.getClass().getDeclaredConstructors()[0];
            constructor.setAccessible(true);
            return constructor.newInstance(
                    Reflected.call(example, "table"),
                    sql,
                    tuple.getMethod("tuple").invoke(null),
                    rows);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("can't make a statement", e);
        }
    }
}
