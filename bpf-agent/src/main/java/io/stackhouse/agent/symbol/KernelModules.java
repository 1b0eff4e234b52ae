package io.stackhouse.agent.symbol;

import io.stackhouse.agent.process.ByteLines;
import java.io.IOException;
import java.util.Arrays;

/** Loaded kernel modules by address, from {@code /proc/modules}: {@code name size uses users state 0xaddress}. Immutable. */
final class KernelModules {
    static final KernelModules NONE = new KernelModules(new String[0], new long[0], new long[0]);
    private static final int MAX_MODULES = 4096;

    private final String[] name;
    private final long[] base;
    private final long[] bytes;

    private KernelModules(String[] name, long[] base, long[] bytes) {
        this.name = name;
        this.base = base;
        this.bytes = bytes;
    }

    static KernelModules read(ByteLines lines) throws IOException {
        String[] names = new String[16];
        long[] bases = new long[16];
        long[] sizes = new long[16];
        int count = 0;
        while (count < MAX_MODULES && lines.next()) {
            if (count == names.length) {
                names = Arrays.copyOf(names, 2 * count);
                bases = Arrays.copyOf(bases, 2 * count);
                sizes = Arrays.copyOf(sizes, 2 * count);
            }
            names[count] = lines.word();
            sizes[count] = lines.decimal();
            bases[count] = address(lines);
            // Hidden addresses are 0.
            count += bases[count] == 0 ? 0 : 1;
        }
        int[] order = IndexSort.byUnsigned(bases, count);
        KernelModules result = new KernelModules(new String[count], new long[count], new long[count]);
        for (int i = 0; i < count; i++) {
            result.name[i] = names[order[i]];
            result.base[i] = bases[order[i]];
            result.bytes[i] = sizes[order[i]];
        }
        return result;
    }

    /** The module that has the address, or -1. */
    int find(long address) {
        int low = 0;
        int high = base.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(base[middle], address) <= 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high >= 0 && Long.compareUnsigned(address - base[high], bytes[high]) < 0 ? high : -1;
    }

    String name(int i) {
        return name[i];
    }

    long base(int i) {
        return base[i];
    }

    long bytes(int i) {
        return bytes[i];
    }

    boolean has(String wanted) {
        return Arrays.asList(name).contains(wanted);
    }

    boolean isSame(KernelModules other) {
        return Arrays.equals(name, other.name) && Arrays.equals(base, other.base) && Arrays.equals(bytes, other.bytes);
    }

    /** From the size on: uses, users and state stand before the address. */
    private static long address(ByteLines line) {
        for (int i = 0; i < 4; i++) {
            line.skipWord();
        }
        line.skip("0x");
        return line.hex();
    }
}
