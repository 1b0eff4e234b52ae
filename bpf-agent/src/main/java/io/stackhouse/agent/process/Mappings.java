package io.stackhouse.agent.process;

import org.jspecify.annotations.Nullable;

/**
 * What a process had mapped at one moment: its executable ranges in detail, and which other addresses were in use.
 *
 * <p>Immutable but for one slot per range, where the symbolizer keeps what it found out about it. Threads: one.
 */
public final class Mappings {
    /** Ranges of a file. */
    public static final byte FILE = 0;
    /** Executable memory without a file (or with one that lives in memory only): generated code. */
    public static final byte GENERATED = 1;

    public static final byte VDSO = 2;
    /** Other ranges that the kernel made, such as [vsyscall]. */
    public static final byte SPECIAL = 3;

    /** No range has the address. */
    public static final int UNMAPPED = -1;
    /** A range that is not executable has the address: it is no code. */
    public static final int NOT_CODE = -2;

    static final Mappings EMPTY = new Mappings(new MappingsBuilder(0));

    private final int count;
    private final long[] start;
    private final long[] end;
    private final long[] fileOffset;
    private final long[] device;
    private final long[] inode;
    private final byte[] kind;
    private final String[] path;
    private final long[] dataRanges;
    private final @Nullable Object[] slots;

    Mappings(MappingsBuilder from) {
        count = from.count();
        start = from.starts();
        end = from.ends();
        fileOffset = from.fileOffsets();
        device = from.devices();
        inode = from.inodes();
        kind = from.kinds();
        path = from.paths();
        dataRanges = from.dataRanges();
        slots = new Object[count];
    }

    /** How many executable ranges there are; they are in the order of their addresses. */
    public int count() {
        return count;
    }

    /** The executable range that has the address, {@link #NOT_CODE} or {@link #UNMAPPED}. */
    public int find(long address) {
        int low = 0;
        int high = count - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(address, start[middle]) < 0) {
                high = middle - 1;
            } else if (Long.compareUnsigned(address, end[middle]) >= 0) {
                low = middle + 1;
            } else {
                return middle;
            }
        }
        return isData(address) ? NOT_CODE : UNMAPPED;
    }

    public long start(int i) {
        return start[i];
    }

    public long end(int i) {
        return end[i];
    }

    public long fileOffset(int i) {
        return fileOffset[i];
    }

    /** Device number as {@code major << 20 | minor}. */
    public long device(int i) {
        return device[i];
    }

    public long inode(int i) {
        return inode[i];
    }

    /** {@link #FILE}, {@link #GENERATED}, {@link #VDSO} or {@link #SPECIAL}. */
    public byte kind(int i) {
        return kind[i];
    }

    /** The path as the process's mount namespace has it, without the mark of a deleted file; a name in brackets; or empty. */
    public String path(int i) {
        return path[i];
    }

    /** What was kept for this range, or null. */
    public @Nullable Object slot(int i) {
        return slots[i];
    }

    public void keep(int i, Object value) {
        slots[i] = value;
    }

    /** Whether some executable range belongs to a file of that name, in whatever folder. */
    public boolean hasFile(String fileName) {
        return indexOfFile(fileName) >= 0;
    }

    /** The first executable range of a file of that name, in whatever folder; -1 if there is none. */
    public int indexOfFile(String fileName) {
        for (int i = 0; i < count; i++) {
            if (kind[i] == FILE && path[i].endsWith(fileName) && isWholeName(path[i], fileName)) {
                return i;
            }
        }
        return -1;
    }

    /** Takes over what was kept for ranges that are still the same. */
    void adopt(Mappings before) {
        int j = 0;
        for (int i = 0; i < count; i++) {
            while (j < before.count && Long.compareUnsigned(before.start[j], start[i]) < 0) {
                j++;
            }
            if (j < before.count && isSame(i, before, j)) {
                slots[i] = before.slots[j];
            }
        }
    }

    private boolean isSame(int i, Mappings other, int j) {
        return start[i] == other.start[j]
                && end[i] == other.end[j]
                && fileOffset[i] == other.fileOffset[j]
                && device[i] == other.device[j]
                && inode[i] == other.inode[j]
                && kind[i] == other.kind[j];
    }

    private static boolean isWholeName(String path, String fileName) {
        int before = path.length() - fileName.length() - 1;
        return before < 0 || path.charAt(before) == '/';
    }

    /** Pairs of start and end, ascending. */
    private boolean isData(long address) {
        int low = 0;
        int high = dataRanges.length / 2 - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(address, dataRanges[2 * middle]) < 0) {
                high = middle - 1;
            } else if (Long.compareUnsigned(address, dataRanges[2 * middle + 1]) >= 0) {
                low = middle + 1;
            } else {
                return true;
            }
        }
        return false;
    }
}
