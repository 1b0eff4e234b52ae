package io.stackhouse.agent.jvm;

import io.stackhouse.agent.process.TargetMemory;
import io.stackhouse.agent.process.TargetReadException;
import io.stackhouse.agent.symbol.Frame;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One method of one JVM: what it is called and where its source is. Its frames are made once per line. Threads: one. */
final class JavaMethod {
    private static final int MAX_SYMBOL = 2048;
    private static final int MAX_POOL = 65_536;
    private static final long MIX_1 = 0x9E3779B185EBCA87L;
    private static final long MIX_2 = 0xC2B2AE3D27D4EB4FL;

    private final String function;
    private final String systemName;
    private final @Nullable String file;
    private final LineTable lines;
    private final Map<Integer, Frame> frames = new HashMap<>(4);

    private JavaMethod(String function, String systemName, @Nullable String file, LineTable lines) {
        this.function = function;
        this.systemName = systemName;
        this.file = file;
        this.lines = lines;
    }

    /**
     * A number that changes when another method takes this one's place in memory: by unloading or by redefinition. The BPF program computes the same (hs_cookie
     * in hotspot.bpf.h).
     */
    static int cookie(TargetMemory memory, JvmLayout layout, long method) throws TargetReadException {
        long constMethod = memory.pointer(method + layout.constMethod);
        long pool = memory.i64(constMethod + layout.constants);
        long names = memory.u16(constMethod + layout.nameIndex)
                | (long) memory.u16(constMethod + layout.signatureIndex) << 16;
        long h = (constMethod ^ pool * MIX_1 ^ names) * MIX_2;
        return (int) (h >>> 32);
    }

    static JavaMethod read(TargetMemory memory, JvmLayout layout, long method) throws TargetReadException {
        long constMethod = memory.pointer(method + layout.constMethod);
        long pool = memory.pointer(constMethod + layout.constants);
        int length = memory.i32(pool + layout.constantPoolLength);
        if (length < 1 || length > MAX_POOL) {
            throw new TargetReadException("a constant pool of " + length);
        }
        ConstantPool names = new ConstantPool(memory, layout, pool, length);
        String name = names.symbol(memory.u16(constMethod + layout.nameIndex));
        String signature = names.symbol(memory.u16(constMethod + layout.signatureIndex));
        String holder =
                symbol(memory, layout, memory.pointer(memory.pointer(pool + layout.poolHolder) + layout.klassName));
        // The pools that the virtual machine makes for its own method handles leave this undefined.
        int fileIndex = memory.u16(pool + layout.sourceFileIndex);
        String function = JavaNames.ofClass(holder) + "." + name;
        return new JavaMethod(
                function,
                function + signature,
                fileIndex == 0 || fileIndex >= length ? null : names.symbol(fileIndex),
                lines(memory, layout, constMethod));
    }

    /** The frame at a bytecode index; a negative one means the method as such. */
    Frame frame(int bci) {
        int line = lines.line(bci);
        return frames.computeIfAbsent(line, l -> Frame.ofJava(function, systemName, file, l));
    }

    int memoryBytes() {
        return 400 + function.length() + systemName.length() + 4 * lines.rows() + 100 * frames.size();
    }

    private static LineTable lines(TargetMemory memory, JvmLayout layout, long constMethod) throws TargetReadException {
        if ((memory.u16(constMethod + layout.constMethodFlags) & layout.lineTableFlag) == 0) {
            return LineTable.NONE;
        }
        long code = constMethod + layout.constMethodBytes;
        long table = code + memory.u16(constMethod + layout.codeBytes);
        return LineTable.read(new VariableLengthNumbers(memory, table, layout.excludedBytes()));
    }

    private static String symbol(TargetMemory memory, JvmLayout layout, long symbol) throws TargetReadException {
        int length = Math.min(MAX_SYMBOL, memory.u16(symbol + layout.symbolLength));
        return memory.text(symbol + layout.symbolBody, length);
    }

    private record ConstantPool(TargetMemory memory, JvmLayout layout, long address, int length) {
        String symbol(int index) throws TargetReadException {
            if (index <= 0 || index >= length) {
                throw new TargetReadException("entry " + index + " of a constant pool of " + length);
            }
            long entry = address + layout.constantPoolBytes + 8L * index;
            return JavaMethod.symbol(memory, layout, memory.pointer(entry));
        }
    }
}
