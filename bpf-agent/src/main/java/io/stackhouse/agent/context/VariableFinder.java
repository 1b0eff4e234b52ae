package io.stackhouse.agent.context;

import io.stackhouse.agent.process.TargetMemory;
import io.stackhouse.agent.process.TargetReadException;
import org.jspecify.annotations.Nullable;

/*
 * How a program reaches a thread-local variable is said by the relocations of the file that exports it, and by what the dynamic linker
 * made of them:
 *
 *   main program            its block is the first of each thread: the offset follows from PT_TLS (local exec, and whatever a linker
 *                           relaxed to it)
 *   initial exec            one word {offset from the thread pointer}
 *   descriptor (TLSDESC)    two words {function, argument}. The argument is the offset from the thread pointer, where the block lies
 *                           in static storage; else it points to {module, offset}
 *   general dynamic         two words {module, offset}
 *
 * A reference that the linker bound to the file itself has no symbol: then the addend is the variable's value.
 */
/** Finds out how the threads of a process reach their variable of that name. Threads: one. */
final class VariableFinder {
    static final String NAME = "otel_thread_ctx_v1";

    private static final int MAX_BLOCKS = 32_768;
    private static final int MAX_MODULES = 1 << 16;

    private final TargetMemory memory = new TargetMemory();

    /** Null if no file exports it, or none of its references is filled in yet. */
    @Nullable
    VariablePlace find(TargetMemory.Source process, ProcessImages images) throws TargetReadException {
        memory.attach(process, MAX_BLOCKS);
        for (int i = 0; i < images.count(); i++) {
            VariablePlace place = findIn(images.start(i), images);
            if (place != null) {
                return place;
            }
        }
        return null;
    }

    private @Nullable VariablePlace findIn(long start, ProcessImages images) throws TargetReadException {
        try {
            LoadedElf elf = LoadedElf.read(memory, start);
            if (elf == null || elf.threadLocal(NAME) == 0) {
                return null;
            }
            ThreadLayout known = ThreadLayout.of(elf.machine(), images.isMusl());
            return known == null ? null : resolve(elf, known, elf.programHeaders() == images.mainProgramHeaders());
        } catch (TargetReadException e) {
            // One file that makes no sense says nothing about the others; a process that is gone fails with each.
            if (memory.isExhausted()) {
                throw e;
            }
            return null;
        }
    }

    private @Nullable VariablePlace resolve(LoadedElf elf, ThreadLayout layout, boolean isMain)
            throws TargetReadException {
        long symbol = elf.threadLocal(NAME);
        long value = elf.value(symbol);
        LoadedElf.TlsSegment tls = elf.tls();
        if (tls == null || value < 0 || value > tls.bytes() - Long.BYTES) {
            return null;
        }
        if (isMain) {
            return VariablePlace.ofThread(layout.mainOffset(value, tls));
        }
        References references = new References(layout, symbol, value);
        elf.relocations(references);
        return references.best();
    }

    /** What the references of one file lead to. */
    private final class References implements LoadedElf.RelocationConsumer {
        private final ThreadLayout layout;
        private final long symbol;
        private final long value;
        private @Nullable VariablePlace byOffset;
        private @Nullable VariablePlace byDescriptor;
        private @Nullable VariablePlace byModule;
        private @Nullable VariablePlace byLocalModule;

        References(ThreadLayout layout, long symbol, long value) {
            this.layout = layout;
            this.symbol = symbol;
            this.value = value;
        }

        @Nullable
        VariablePlace best() {
            if (byOffset != null) {
                return byOffset;
            }
            if (byDescriptor != null) {
                return byDescriptor;
            }
            return byModule != null ? byModule : byLocalModule;
        }

        @Override
        public void relocation(long place, int type, long ofSymbol, long addend) throws TargetReadException {
            boolean isOurs = ofSymbol == symbol ? addend == 0 : ofSymbol == 0 && addend == value;
            if (type == layout.relocThread() && isOurs) {
                byOffset = atOffset(memory.i64(place));
            } else if (type == layout.relocDescriptor() && isOurs) {
                byDescriptor = described(memory.i64(place + Long.BYTES));
            } else if (type == layout.relocModule() && ofSymbol == symbol) {
                byModule = inModule(memory.i64(place), memory.i64(place + Long.BYTES));
            } else if (type == layout.relocModule() && ofSymbol == 0) {
                byLocalModule = inModule(memory.i64(place), value);
            }
        }

        private @Nullable VariablePlace described(long argument) {
            try {
                if (memory.i64(argument + Long.BYTES) == value) {
                    VariablePlace dynamic = inModule(memory.i64(argument), value);
                    if (dynamic != null) {
                        return dynamic;
                    }
                }
            } catch (TargetReadException e) {
                // No pointer: then it is an offset, or nothing.
            }
            return atOffset(argument);
        }

        private @Nullable VariablePlace atOffset(long offset) {
            return layout.isThreadOffset(offset) ? VariablePlace.ofThread(offset) : null;
        }

        private @Nullable VariablePlace inModule(long module, long offset) {
            boolean isPlausible = module > 0 && module < MAX_MODULES && offset >= 0 && offset < 1L << 31;
            return isPlausible ? VariablePlace.ofModule(module, offset, layout) : null;
        }
    }
}
