package io.stackhouse.agent.symbol;

import io.stackhouse.agent.elf.SymbolNames;
import io.stackhouse.agent.process.ByteLines;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads {@code /proc/kallsyms}: lines of {@code address type name[TAB[module]]}. Takes functions only, without those of the kernel's start (their memory is
 * given back) and without the padding that the kernel marks by {@code __pfx_}.
 */
final class KallsymsReader {
    private static final int MAX_SYMBOLS = 1 << 20;
    private static final int MAX_OWNERS = Short.MAX_VALUE;

    private final List<String> owners = new ArrayList<>();
    private NameTable names = new NameTable(1 << 16, 3 << 19);
    private long[] start = new long[1 << 16];
    private short[] owner = new short[1 << 16];
    private byte[] rank = new byte[1 << 16];
    private int count;
    private long textStart;
    private long textEnd;
    private long initStart;
    private long initEnd;
    private boolean sawAddress;

    KernelSymbols read(ByteLines lines) throws IOException {
        while (lines.next() && count < MAX_SYMBOLS) {
            take(lines);
        }
        return sawAddress ? sorted() : KernelSymbols.NONE;
    }

    private void take(ByteLines line) {
        long address = line.hex();
        sawAddress |= address != 0;
        line.skipSpaces();
        char type = line.character();
        line.skipSpaces();
        if ((type != 'T' && type != 't' && type != 'W' && type != 'w')
                || line.remaining() == 0
                || line.startsWith("__pfx_")) {
            return;
        }
        noteBounds(line, address);
        short belongsTo = 0;
        int nameLength = 0;
        while (line.peek(nameLength) != 0 && line.peek(nameLength) != '\t') {
            nameLength++;
        }
        if (nameLength < line.remaining()) {
            belongsTo = ownerOf(line, nameLength);
            line.keepFirst(nameLength);
        }
        grow();
        start[count] = address;
        owner[count] = belongsTo;
        rank[count++] = (byte) (type == 'T' ? SymbolNames.GLOBAL : type == 't' ? SymbolNames.LOCAL : SymbolNames.WEAK);
        names.add(line);
    }

    private void noteBounds(ByteLines line, long address) {
        if (line.peek(0) != '_') {
            return;
        }
        switch (line.peek(1)) {
            case 't' -> textStart = line.is("_text") ? address : textStart;
            case 'e' -> {
                textEnd = line.is("_etext") ? address : textEnd;
                initEnd = line.is("_einittext") ? address : initEnd;
            }
            case 's' -> {
                initStart = line.is("_sinittext") ? address : initStart;
                textStart = textStart == 0 && line.is("_stext") ? address : textStart;
            }
            default -> {}
        }
    }

    /** Modules come in a row, so the last owner is nearly always the right one. */
    private short ownerOf(ByteLines line, int nameLength) {
        String name = line.text(nameLength + 2, line.remaining() - 1);
        int known = owners.lastIndexOf(name);
        if (known < 0 && owners.size() < MAX_OWNERS) {
            owners.add(name);
            known = owners.size() - 1;
        }
        return (short) (known + 1);
    }

    private void grow() {
        if (count == start.length) {
            int capacity = count + count / 2;
            start = Arrays.copyOf(start, capacity);
            owner = Arrays.copyOf(owner, capacity);
            rank = Arrays.copyOf(rank, capacity);
        }
    }

    private KernelSymbols sorted() {
        int[] order = IndexSort.byUnsigned(start, count);
        NameTable keptNames = new NameTable(count, (int) names.memoryBytes());
        long[] keptStart = new long[count];
        short[] keptOwner = new short[count];
        int kept = 0;
        for (int i = 0; i < order.length; ) {
            int next = i + 1;
            while (next < order.length && start[order[next]] == start[order[i]]) {
                next++;
            }
            int best = best(order, i, next);
            if (!isDiscarded(start[best])) {
                keptStart[kept] = start[best];
                keptOwner[kept++] = owner[best];
                keptNames.add(names, best);
            }
            i = next;
        }
        keptNames.trim();
        return new KernelSymbols(
                textStart,
                textEnd == 0 && textStart != 0 ? Long.MAX_VALUE : textEnd,
                Arrays.copyOf(keptStart, kept),
                Arrays.copyOf(keptOwner, kept),
                keptNames,
                owners.toArray(new String[0]));
    }

    private boolean isDiscarded(long address) {
        return initStart != 0
                && Long.compareUnsigned(address, initStart) >= 0
                && Long.compareUnsigned(address, initEnd) < 0;
    }

    private int best(int[] order, int from, int to) {
        if (to - from == 1) {
            return order[from];
        }
        SymbolNames choice = new SymbolNames();
        int best = order[from];
        for (int i = from; i < to; i++) {
            String before = choice.chosen();
            String name = names.get(order[i]);
            if (!name.equals("_text") && !name.equals("_stext")) {
                choice.offer(rank[order[i]], name);
            }
            best = choice.chosen().equals(before) ? best : order[i];
        }
        return best;
    }
}
