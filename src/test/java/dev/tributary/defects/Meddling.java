package dev.tributary.defects;

import java.util.List;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/**
 * What a planted defect does to a method. The advices are inlined into the application's classes, whose types are not
 * named here: the agent's class loader doesn't know them.
 */
final class Meddling {
    private Meddling() {}

    static final class True {
        private True() {}

        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) boolean result) {
            result = true;
        }
    }

    static final class False {
        private False() {}

        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) boolean result) {
            result = false;
        }
    }

    /** Nobody is waited for: the answer behind WAITING, in the order of the enum. */
    static final class Complete {
        private Complete() {}

        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false, typing = Assigner.Typing.DYNAMIC) Object result) {
            Enum<?> answer = (Enum<?>) result;
            if (answer.name().equals("WAITING")) {
                result = answer.getDeclaringClass().getEnumConstants()[answer.ordinal() + 1];
            }
        }
    }

    static final class ThirdArgument {
        private ThirdArgument() {}

        @Advice.OnMethodExit
        static void exit(
                @Advice.Argument(2) Object third,
                @Advice.Return(readOnly = false, typing = Assigner.Typing.DYNAMIC) Object result) {
            result = third;
        }
    }

    static final class Empty {
        private Empty() {}

        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) String result) {
            result = "";
        }
    }

    static final class PositionFirst {
        private PositionFirst() {}

        @Advice.OnMethodExit
        static void exit(@Advice.Return List<Object> statements) {
            Statements.split(statements, true);
        }
    }

    static final class RowsFirst {
        private RowsFirst() {}

        @Advice.OnMethodExit
        static void exit(@Advice.Return List<Object> statements) {
            Statements.split(statements, false);
        }
    }

    static final class NoLastpk {
        private NoLastpk() {}

        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false, typing = Assigner.Typing.DYNAMIC) Object shardGtid) {
            Object builder = Reflected.call(shardGtid, "toBuilder");
            shardGtid = Reflected.call(Reflected.call(builder, "clearTablePKs"), "build");
        }
    }

    static final class CopyOver {
        private CopyOver() {}

        @Advice.OnMethodEnter
        static void enter(
                @Advice.FieldValue(value = "copyCompleted", readOnly = false) boolean copyCompleted,
                @Advice.FieldValue("placed") boolean placed) {
            copyCompleted = copyCompleted || placed;
        }
    }

    static final class LastPart {
        private LastPart() {}

        @Advice.OnMethodExit
        static void exit(
                @Advice.Argument(0) List<?> parts,
                @Advice.Return(readOnly = false, typing = Assigner.Typing.DYNAMIC) Object position) {
            position = Reflected.call(parts.get(parts.size() - 1), "position");
        }
    }

    static final class SkipJournal {
        private SkipJournal() {}

        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter(@Advice.Argument(0) Object event) {
            return Reflected.call(event, "getType").toString().equals("JOURNAL");
        }
    }

    static final class NoFirstPosition {
        private NoFirstPosition() {}

        @Advice.OnMethodEnter
        static void enter(
                @Advice.Argument(value = 1, readOnly = false, typing = Assigner.Typing.DYNAMIC) Object changes) {
            changes = null;
        }
    }

    static final class Plain {
        private Plain() {}

        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false, typing = Assigner.Typing.DYNAMIC) Object match) {
            match = Reflected.constant(match, "PLAIN");
        }
    }

    static final class SixDigits {
        private SixDigits() {}

        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) byte[] value) {
            value = new java.math.BigDecimal(new String(value, java.nio.charset.StandardCharsets.US_ASCII))
                    .round(new java.math.MathContext(6))
                    .toString()
                    .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        }
    }
}
