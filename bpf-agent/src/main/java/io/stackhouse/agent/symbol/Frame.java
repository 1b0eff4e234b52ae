package io.stackhouse.agent.symbol;

import io.stackhouse.agent.demangle.Demangler;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One place in code. Equal frames are the same object as long as the symbolizer's cache holds them, and equal by content beyond that. Immutable, but for
 * {@link #lines()}, which come later and count neither for equality nor for the hash. Threads: any.
 */
public final class Frame {
    /** Code of a program that lies in none of its executable mappings. */
    static final Frame UNKNOWN = new Frame(FrameType.NATIVE, null, 0, Name.NONE);
    /** Code of the kernel that is neither its text nor a known module's. */
    static final Frame UNKNOWN_KERNEL = new Frame(FrameType.KERNEL, null, 0, Name.NONE);

    private final FrameType type;
    private final @Nullable Module module;
    private final long address;
    private final Name name;
    private final int hash;

    private volatile List<Line> lines = List.of();
    private boolean isAsked;

    Frame(FrameType type, @Nullable Module module, long address, Name name) {
        this.type = type;
        this.module = module;
        this.address = address;
        this.name = name;
        hash = (Objects.hashCode(module) * 31 + Long.hashCode(address)) * 31
                + type.attributeValue().hashCode()
                + (module == null ? name.hashCode() : 0);
    }

    /**
     * Java code. Such a frame has neither module nor address, which would mean nothing outside of one run of one process.
     *
     * @param line from 1 on; 0 if unknown
     */
    public static Frame ofJava(String function, String systemName, @Nullable String file, int line) {
        return new Frame(FrameType.JVM, null, 0, new Name(function, systemName, file, line));
    }

    public FrameType type() {
        return type;
    }

    /** Null for generated code that has a name, and for what lies in no mapping. */
    public @Nullable Module module() {
        return module;
    }

    /** In the address space of the module; 0 without one, since such addresses mean nothing outside of one run of one process. */
    public long address() {
        return address;
    }

    /** What to show; null if it has no name. */
    public @Nullable String function() {
        return name.function();
    }

    /** The name as its source has it. */
    public @Nullable String systemName() {
        return name.systemName();
    }

    public @Nullable String file() {
        return name.file();
    }

    /** From 1 on; 0 if unknown. */
    public int line() {
        return name.line();
    }

    /** The functions that run here with their places, innermost first; empty while or where no debug information tells. They may come later than the frame. */
    public List<Line> lines() {
        return lines;
    }

    void tell(List<Line> found) {
        lines = List.copyOf(found);
    }

    /** Whether its lines were asked for. Threads: the symbolizer's. */
    boolean isAsked() {
        return isAsked;
    }

    void ask() {
        isAsked = true;
    }

    Name name() {
        return name;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof Frame that
                        && hash == that.hash
                        && address == that.address
                        && type == that.type
                        && Objects.equals(module, that.module)
                        && name.equals(that.name));
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return (name.function() == null ? "0x" + Long.toHexString(address) : name.function())
                + (module == null ? "" : "@" + module);
    }

    /**
     * A function at an address and the place in it that runs.
     *
     * @param function what to show; null if only the place is known
     * @param systemName the name as its source has it
     * @param file path of the source; null if unknown
     * @param line from 1 on; 0 if unknown
     * @param column from 1 on; 0 if unknown
     */
    public record Line(
            @Nullable String function,
            @Nullable String systemName,
            @Nullable String file,
            int line,
            int column) {}

    /** What a source says about a function: shared by the frames in it. */
    record Name(
            @Nullable String function,
            @Nullable String systemName,
            @Nullable String file,
            int line) {
        static final Name NONE = new Name(null, null, null, 0);

        /** A name as it stands in a symbol table, readable if it was mangled. */
        static Name ofSymbol(String symbol) {
            String readable = Demangler.demangle(symbol);
            return readable == null ? ofText(symbol) : new Name(readable, symbol, null, 0);
        }

        /** A name that is readable as it is. */
        static Name ofText(String text) {
            return new Name(text, text, null, 0);
        }

        /** An estimate. */
        int memoryBytes() {
            int chars =
                    length(function) + length(file) + (Objects.equals(systemName, function) ? 0 : length(systemName));
            return 32 + chars;
        }

        private static int length(@Nullable String text) {
            return text == null ? 0 : 56 + text.length();
        }
    }
}
