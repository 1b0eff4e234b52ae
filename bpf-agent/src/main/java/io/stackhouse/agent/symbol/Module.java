package io.stackhouse.agent.symbol;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Executable code of one file: what OTLP calls a mapping. All addresses are in the file's own address space, so they do not depend on where it was loaded.
 * Immutable, compared by content. Threads: any.
 */
@SuppressWarnings("JavaLangClash") // Profilers call it a module; java.lang.Module has no place here.
public final class Module {
    private final String fileName;
    private final long memoryStart;
    private final long memoryLimit;
    private final long fileOffset;
    private final @Nullable String gnuBuildId;
    private final @Nullable String htlHash;
    private final int hash;

    Module(
            String fileName,
            long memoryStart,
            long memoryLimit,
            long fileOffset,
            @Nullable String gnuBuildId,
            @Nullable String htlHash) {
        this.fileName = fileName;
        this.memoryStart = memoryStart;
        this.memoryLimit = memoryLimit;
        this.fileOffset = fileOffset;
        this.gnuBuildId = gnuBuildId;
        this.htlHash = htlHash;
        hash = Objects.hash(fileName, memoryStart, memoryLimit, fileOffset, gnuBuildId, htlHash);
    }

    /** Path of the file as its process saw it, {@code vmlinux}, {@code NAME.ko}, or a name in brackets. */
    public String fileName() {
        return fileName;
    }

    /** Address of the segment's first byte: {@code p_vaddr}; 0 for the kernel, whose addresses count from {@code _text}. */
    public long memoryStart() {
        return memoryStart;
    }

    /** The address behind the segment. */
    public long memoryLimit() {
        return memoryLimit;
    }

    /** Where the segment stands in the file. */
    public long fileOffset() {
        return fileOffset;
    }

    /** Hexadecimal digits, or null if the file has none or could not be read. */
    public @Nullable String gnuBuildId() {
        return gnuBuildId;
    }

    /** 32 hexadecimal digits, or null if the file could not be read. */
    public @Nullable String htlHash() {
        return htlHash;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof Module that
                        && hash == that.hash
                        && memoryStart == that.memoryStart
                        && memoryLimit == that.memoryLimit
                        && fileOffset == that.fileOffset
                        && fileName.equals(that.fileName)
                        && Objects.equals(gnuBuildId, that.gnuBuildId)
                        && Objects.equals(htlHash, that.htlHash));
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return fileName;
    }
}
