package io.stackhouse.agent.process;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Fields of {@code /proc/PID/stat}: {@code pid (comm) state ppid ... flags(9) ... starttime(22)}. The comm may hold spaces and parentheses. */
record ProcessStat(int parentPid, boolean isKernelThread, long startTicks) {
    private static final long PF_KTHREAD = 0x0020_0000;

    /** Null if the process is gone or closed to us. */
    static @Nullable ProcessStat read(Path directory, ProcFiles files) {
        ProcessStat[] found = new ProcessStat[1];
        files.read(directory.resolve("stat"), 4096, '\n', lines -> {
            if (lines.next()) {
                found[0] = parse(lines);
            }
        });
        return found[0];
    }

    private static @Nullable ProcessStat parse(ByteLines line) {
        if (!line.skipToLast(')')) {
            return null;
        }
        line.skipSpaces();
        line.skipWord();
        int parentPid = (int) line.decimal();
        skip(line, 5);
        long flags = line.decimal();
        skip(line, 13);
        return line.remaining() == 0 ? null : new ProcessStat(parentPid, (flags & PF_KTHREAD) != 0, line.decimal());
    }

    /** To the field that many places on, from within or behind the present one. */
    private static void skip(ByteLines line, int fields) {
        for (int i = 0; i < fields; i++) {
            line.skipWord();
        }
    }
}
