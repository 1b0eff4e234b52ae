package io.stackhouse.threadcontext;

import io.opentelemetry.context.Context;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What a thread holds of ours: its {@link ThreadRecord}, and the context that is current there for {@link ThreadStorage}.
 *
 * <p>An array of these two, and the record weakly (an open scope holds it strongly): threads of an application server outlive applications, whose
 * class loaders they must not hold. A record that was collected is made anew over the same memory.
 *
 * <p>Any thread; a slot by its own thread alone.
 */
final class ThreadSlot {
    private static final int CONTEXT = 0;
    private static final int RECORD = 1;
    private static final ThreadLocal<Object @Nullable []> SLOTS = new ThreadLocal<>();

    private ThreadSlot() {}

    /** Made at the first call. */
    static @Nullable Object[] ofCurrentThread() {
        @Nullable Object[] slot = SLOTS.get();
        if (slot == null) {
            slot = new Object[2];
            SLOTS.set(slot);
        }
        return slot;
    }

    /** The context that was put there last. */
    static @Nullable Context context(@Nullable Object[] slot) {
        return (Context) slot[CONTEXT];
    }

    static void setContext(@Nullable Object[] slot, @Nullable Context context) {
        slot[CONTEXT] = context;
    }

    /**
     * The record of the current thread, whose slot this is. Null on a virtual thread: it would be its carrier's record, and nothing tells when the
     * virtual thread leaves the carrier. Null also when there is no memory.
     */
    static @Nullable ThreadRecord record(@Nullable Object[] slot) {
        WeakReference<?> reference = (WeakReference<?>) slot[RECORD];
        ThreadRecord record = reference == null ? null : (ThreadRecord) reference.get();
        return record == null ? create(slot) : record;
    }

    private static @Nullable ThreadRecord create(@Nullable Object[] slot) {
        ByteBuffer bytes = Jvm.isVirtual(Thread.currentThread()) ? null : Native.record();
        if (bytes == null) {
            return null;
        }
        ThreadRecord record = new ThreadRecord(bytes);
        slot[RECORD] = new WeakReference<>(record);
        return record;
    }
}
