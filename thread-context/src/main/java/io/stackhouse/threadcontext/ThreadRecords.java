package io.stackhouse.threadcontext;

import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Each platform thread's {@link ThreadRecord}. Any thread.
 *
 * <p>A thread holds it weakly, an open scope strongly: threads of an application server outlive applications, whose class loaders they must not
 * hold. One that was collected is made anew over the same memory.
 */
final class ThreadRecords {
    private static final ThreadLocal<@Nullable WeakReference<ThreadRecord>> RECORDS = new ThreadLocal<>();

    private ThreadRecords() {}

    /**
     * Null on a virtual thread: it would be its carrier's record, and nothing tells when the virtual thread leaves the carrier. Null also when
     * there is no memory.
     */
    @Nullable
    static ThreadRecord ofCurrentThread() {
        if (Jvm.isVirtual(Thread.currentThread())) {
            return null;
        }
        WeakReference<ThreadRecord> reference = RECORDS.get();
        ThreadRecord record = reference == null ? null : reference.get();
        return record == null ? create() : record;
    }

    private static @Nullable ThreadRecord create() {
        ByteBuffer bytes = Native.record();
        if (bytes == null) {
            return null;
        }
        ThreadRecord record = new ThreadRecord(bytes);
        RECORDS.set(new WeakReference<>(record));
        return record;
    }
}
