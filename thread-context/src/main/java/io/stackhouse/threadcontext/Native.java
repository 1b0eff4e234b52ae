package io.stackhouse.threadcontext;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The methods of src/main/native/jni.c. To be called only after {@link NativeLibrary} has loaded it. Any thread. */
final class Native {
    private Native() {}

    /** Loads the core from a file, for the process's whole life: its address, or 0. */
    static native long load(String path);

    /** Uses the core at the address; false when there is none. */
    static native boolean use(long address);

    /** The record of the calling platform thread, made at the first call; null when there is no memory. Valid until the thread ends. */
    static native @Nullable ByteBuffer record();

    /** What the calling thread of the operating system shows to readers; null when it has no record. */
    static native @Nullable ByteBuffer published();

    /** The index of an attribute's key, appended to the process's map if it is new; -1 when there is no room. */
    static native int key(byte[] utf8);

    /** Publishes the process context with this encoded Resource, or updates it: 0 or a negative errno. */
    static native int publish(byte[] resource);
}
