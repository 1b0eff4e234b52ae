package io.stackhouse.agent.process;

import java.nio.file.Path;

/** Lines of {@code /proc/PID/status}: the effective user and the pid in the innermost namespace. */
final class ProcessStatus {
    private long userId = -1;
    private int namespacePid;

    private ProcessStatus() {}

    static ProcessStatus read(Path directory, ProcFiles files) {
        ProcessStatus status = new ProcessStatus();
        files.read(directory.resolve("status"), 64 * 1024, '\n', lines -> {
            while (lines.next()) {
                status.take(lines);
            }
        });
        return status;
    }

    /** -1 if unknown. */
    long userId() {
        return userId;
    }

    int namespacePid(int otherwise) {
        return namespacePid > 0 ? namespacePid : otherwise;
    }

    private void take(ByteLines line) {
        if (line.skip("Uid:")) {
            line.skipSpaces();
            line.skipWord();
            userId = line.decimal();
        } else if (line.skip("NSpid:")) {
            line.skipSpaces();
            while (line.remaining() > 0) {
                namespacePid = (int) line.decimal();
                line.skipWord();
            }
        }
    }
}
