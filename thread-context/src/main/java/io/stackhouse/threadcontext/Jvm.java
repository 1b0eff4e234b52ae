package io.stackhouse.threadcontext;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What later Java versions have and Java 8 has not, found by name. Constant method handles: the JIT compiler inlines them. */
final class Jvm {
    private static final @Nullable MethodHandle IS_VIRTUAL = isVirtualMethod();
    private static final @Nullable MethodHandle STORE_STORE_FENCE = storeStoreFenceMethod();

    private Jvm() {}

    /** Whether the thread is a virtual one. Before Java 21 none is. */
    static boolean isVirtual(Thread thread) {
        MethodHandle method = IS_VIRTUAL;
        if (method == null) {
            return false;
        }
        try {
            return (boolean) method.invokeExact(thread);
        } catch (Throwable e) {
            throw new IllegalStateException("Thread.isVirtual failed", e);
        }
    }

    /**
     * Keeps stores in their order, for a reader that interrupts this very thread: no compiler may move one over this line. {@code scratch} serves
     * Java 8 only, where a volatile store followed by a volatile load is what a JIT compiler moves nothing over.
     */
    static void storeStoreFence(AtomicInteger scratch) {
        MethodHandle method = STORE_STORE_FENCE;
        if (method == null) {
            volatileFence(scratch);
            return;
        }
        try {
            method.invokeExact();
        } catch (Throwable e) {
            throw new IllegalStateException("VarHandle.storeStoreFence failed", e);
        }
    }

    /** The fence of Java 8. */
    static void volatileFence(AtomicInteger scratch) {
        scratch.set(scratch.get() + 1);
    }

    private static @Nullable MethodHandle isVirtualMethod() {
        try {
            return MethodHandles.publicLookup()
                    .findVirtual(Thread.class, "isVirtual", MethodType.methodType(boolean.class));
        } catch (NoSuchMethodException | IllegalAccessException e) {
            return null;
        }
    }

    private static @Nullable MethodHandle storeStoreFenceMethod() {
        try {
            Class<?> varHandle = Class.forName("java.lang.invoke.VarHandle");
            return MethodHandles.publicLookup()
                    .findStatic(varHandle, "storeStoreFence", MethodType.methodType(void.class));
        } catch (ClassNotFoundException | NoSuchMethodException | IllegalAccessException e) {
            return null;
        }
    }
}
