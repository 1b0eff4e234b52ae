package io.stackhouse.pipeline.log;

import io.stackhouse.pipeline.log.MemoryTail.Kept;

/** What the taker of a journal is to do next. */
sealed interface NextEntry {
    /** Nothing any more: sealed, and all was taken. */
    record End() implements NextEntry {}

    /** It is counted as taken. */
    record InMemory(Kept kept) implements NextEntry {}

    /** It has to be read back, and then claimed. */
    record OnDisk(long sequence, long durableEnd) implements NextEntry {}
}
