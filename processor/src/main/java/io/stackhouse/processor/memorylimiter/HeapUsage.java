package io.stackhouse.processor.memorylimiter;

/** How full the heap is. One thread. */
interface HeapUsage {
    /** Bytes of objects that the last collection left over, or that there are now if that is less. */
    long usedBytes();

    /** Asks for a collection, and waits for it. */
    void collect();

    /** Bytes that the heap may grow to. */
    long maxBytes();
}
