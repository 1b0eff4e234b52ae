package io.stackhouse.agent.unwind;

import io.stackhouse.agent.libbpf.MappedArray;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;

/**
 * Numbers of regions, and where the program finds their tables ({@code struct sh_region}). A module has consecutive numbers. One thread.
 */
final class RegionMap implements AutoCloseable {
    static final int MAX_REGIONS = 1 << 14;
    static final int REGION_BYTES = 16;
    static final long NOT_LOADED = 0;
    static final long NO_TABLE = 0xffff_ffffL << 32;
    private static final int USED = 8;
    private static final VarHandle LONG = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private final MappedArray memory;
    private final ByteBuffer buffer;
    private final BitSet taken = new BitSet(MAX_REGIONS);

    RegionMap(MappedArray memory) {
        this.memory = memory;
        buffer = memory.buffer();
    }

    /** Takes consecutive numbers; gives the first, or -1 if there is no such row. */
    int take(int count) {
        int first = taken.nextClearBit(0);
        while (first + count <= MAX_REGIONS) {
            int next = taken.nextSetBit(first);
            if (next < 0 || next - first >= count) {
                taken.set(first, first + count);
                return first;
            }
            first = taken.nextClearBit(next);
        }
        return -1;
    }

    /** Gives numbers back; their tables were taken away, and no program works with them any more. */
    void give(int first, int count) {
        taken.clear(first, first + count);
    }

    long place(int region) {
        return (long) LONG.getAcquire(buffer, region * REGION_BYTES);
    }

    /** From now on the program finds the table there; it was written before. */
    void publish(int region, long place) {
        LONG.setRelease(buffer, region * REGION_BYTES, place);
    }

    static boolean isTable(long place) {
        return place != NOT_LOADED && place != NO_TABLE;
    }

    /** When the program last used the table: seconds since boot, times 2^30 / 2^32 or so; only to be compared. */
    long used(int region) {
        return buffer.getLong(region * REGION_BYTES + USED);
    }

    void markUsed(int region, long when) {
        buffer.putLong(region * REGION_BYTES + USED, when);
    }

    int count() {
        return taken.cardinality();
    }

    @Override
    public void close() {
        memory.close();
    }
}
