package io.stackhouse.agent.context;

import io.stackhouse.agent.elf.ByteSource;
import io.stackhouse.agent.process.ByteLines;
import io.stackhouse.agent.process.TracedProcess;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * What matters here of a process's memory map: where a process context may be, and where files of code begin. A reused object: {@link #read} fills it anew.
 * Threads: one. Bounded: of a map longer than 16 MiB the rest is left out, and so are all but the first files and contexts.
 */
final class ProcessImages {
    private static final int MAX_MAPS_BYTES = 16 << 20;
    private static final int MAX_LINE_BYTES = 8192;
    private static final int MAX_IMAGES = 8192;
    private static final int MAX_CONTEXTS = 8;
    private static final int AUXV_PROGRAM_HEADERS = 3;
    private static final int MAX_AUXV_BYTES = 4096;

    private final ByteLines lines = new ByteLines(MAX_LINE_BYTES);
    private final long[] contexts = new long[MAX_CONTEXTS];
    private long[] starts = new long[64];
    private int contextCount;
    private int count;
    private boolean isMusl;
    private long mainProgramHeaders;

    /** False if the map cannot be read: the process is gone, or closed to us. */
    boolean read(TracedProcess process) {
        contextCount = 0;
        count = 0;
        isMusl = false;
        mainProgramHeaders = 0;
        try (FileChannel maps = FileChannel.open(process.procDirectory().resolve("maps"), StandardOpenOption.READ)) {
            lines.open(ByteSource.of(maps), 0, MAX_MAPS_BYTES, '\n');
            while (lines.next()) {
                take();
            }
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Puts files in the place of those of a process. */
    ProcessImages of(long[] fileStarts, long programHeaders, boolean musl) {
        contextCount = 0;
        count = fileStarts.length;
        starts = fileStarts.clone();
        mainProgramHeaders = programHeaders;
        isMusl = musl;
        return this;
    }

    /** Finds out which file is the main program; to be called after {@link #read} where that is wanted. */
    void readMainProgram(TracedProcess process) {
        try {
            byte[] auxv = readAtMost(process);
            ByteBuffer words = ByteBuffer.wrap(auxv).order(ByteOrder.nativeOrder());
            while (words.remaining() >= 2 * Long.BYTES) {
                long type = words.getLong();
                long value = words.getLong();
                if (type == AUXV_PROGRAM_HEADERS) {
                    mainProgramHeaders = value;
                }
            }
        } catch (IOException e) {
            mainProgramHeaders = 0;
        }
    }

    /** Mappings that have the name of a process context. */
    int contextCount() {
        return contextCount;
    }

    long context(int i) {
        return contexts[i];
    }

    /** Mappings that show the begin of a file. */
    int count() {
        return count;
    }

    long start(int i) {
        return starts[i];
    }

    boolean isMusl() {
        return isMusl;
    }

    /** Where the main program's headers lie in memory; 0 if that is not known. */
    long mainProgramHeaders() {
        return mainProgramHeaders;
    }

    private static byte[] readAtMost(TracedProcess process) throws IOException {
        try (var in = Files.newInputStream(process.procDirectory().resolve("auxv"))) {
            return in.readNBytes(MAX_AUXV_BYTES);
        }
    }

    private void take() {
        long start = lines.hex();
        if (!lines.skip("-")) {
            return;
        }
        lines.skipWord();
        boolean isReadable = lines.peek(0) == 'r';
        lines.skipWord();
        long offset = lines.hex();
        lines.skipSpaces();
        lines.skipWord();
        long inode = lines.decimal();
        lines.skipSpaces();
        if (!isReadable) {
            return;
        }
        if (lines.startsWith("/memfd:OTEL_CTX")
                || lines.startsWith("[anon_shmem:OTEL_CTX]")
                || lines.startsWith("[anon:OTEL_CTX]")) {
            if (contextCount < MAX_CONTEXTS) {
                contexts[contextCount++] = start;
            }
        } else if (offset == 0 && inode != 0 && count < MAX_IMAGES) {
            addImage(start);
        }
    }

    private void addImage(long start) {
        if (count == starts.length) {
            starts = Arrays.copyOf(starts, 2 * count);
        }
        starts[count++] = start;
        if (!isMusl && lines.remaining() < MAX_LINE_BYTES) {
            String path = lines.rest();
            isMusl = path.contains("/ld-musl-") || path.contains("/libc.musl-");
        }
    }
}
