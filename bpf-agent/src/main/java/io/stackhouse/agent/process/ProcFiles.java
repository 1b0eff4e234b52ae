package io.stackhouse.agent.process;

import io.stackhouse.agent.elf.ByteSource;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Opens small text files, most of them in procfs, for one reader that is lent to each in turn. A file that is not there or closed to us is just absent. */
final class ProcFiles {
    private final ByteLines lines = new ByteLines(32 * 1024);
    private final ProcessCounters counters;

    ProcFiles(ProcessCounters counters) {
        this.counters = counters;
    }

    /** For files that are read without their own handling of errors. */
    ByteLines lines() {
        return lines;
    }

    /** Runs the body on the opened file; false if that or the reading failed, which is counted if it was for lack of rights. */
    boolean read(Path file, long mostBytes, char separator, Body body) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            body.read(lines.open(ByteSource.of(channel), 0, mostBytes, separator));
            return true;
        } catch (AccessDeniedException e) {
            counters.denied.incrementAndGet();
            return false;
        } catch (IOException e) {
            // Not there, or it ended while it was read.
            return false;
        }
    }

    interface Body {
        void read(ByteLines lines) throws IOException;
    }
}
