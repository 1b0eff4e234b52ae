package io.stackhouse.agent.symbol;

import org.jspecify.annotations.Nullable;

/**
 * The functions of the running kernel, of its modules and of loaded BPF programs, as kallsyms had them at one moment. Immutable.
 *
 * <p>A function ends where the next one starts, and at the latest where its text does. Layout: starts ascending, the owner as an index into the list of owners,
 * names in one array; some 2.5 MB for 65 thousand functions.
 */
final class KernelSymbols {
    /** What has no stated end (BPF programs, trampolines) is not believed to be longer. */
    static final long MAX_UNBOUNDED_BYTES = 64 * 1024;

    static final KernelSymbols NONE =
            new KernelSymbols(0, 0, new long[0], new short[0], new NameTable(0, 0), new String[0]);

    private final long textStart;
    private final long textEnd;
    private final long[] start;
    private final short[] owner;
    private final NameTable names;
    private final String[] owners;

    KernelSymbols(long textStart, long textEnd, long[] start, short[] owner, NameTable names, String[] owners) {
        this.textStart = textStart;
        this.textEnd = textEnd;
        this.start = start;
        this.owner = owner;
        this.names = names;
        this.owners = owners;
    }

    int count() {
        return start.length;
    }

    /** Address of {@code _text}; 0 if kallsyms hides it. */
    long textStart() {
        return textStart;
    }

    long textBytes() {
        return textEnd - textStart;
    }

    boolean isText(long address) {
        return textStart != 0
                && Long.compareUnsigned(address, textStart) >= 0
                && Long.compareUnsigned(address, textEnd) < 0;
    }

    /** The last function that starts at or before the address, or -1. Whether it reaches that far is for the owner's bounds to say. */
    int floor(long address) {
        int low = 0;
        int high = start.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(start[middle], address) <= 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }

    long start(int row) {
        return start[row];
    }

    String name(int row) {
        return names.get(row);
    }

    /** The module's name as kallsyms has it in brackets; null for the kernel proper. */
    @Nullable
    String owner(int row) {
        return owner[row] == 0 ? null : owners[owner[row] - 1];
    }

    long memoryBytes() {
        return 10L * start.length + names.memoryBytes();
    }
}
