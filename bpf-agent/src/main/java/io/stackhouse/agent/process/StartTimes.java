package io.stackhouse.agent.process;

import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * Turns the start of a process into {@code process.creation.time}.
 *
 * <p>The boot's wall time is what the kernel calls {@code btime}, in whole seconds, read once. The same sum is what the JDK's ProcessHandle, psutil and gopsutil
 * make, so that an SDK inside of the process and an agent started again name the very same instant, to the digit; that is worth more than the second it may be off.
 */
final class StartTimes {
    private static final DateTimeFormatter ISO_MILLIS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private final long bootUnixMillis;

    StartTimes(long bootUnixMillis) {
        this.bootUnixMillis = bootUnixMillis;
    }

    static StartTimes read(Path stat, ProcFiles files) {
        long[] seconds = new long[1];
        files.read(stat, 4 << 20, '\n', lines -> {
            while (lines.next()) {
                if (lines.skip("btime ")) {
                    seconds[0] = lines.decimal();
                    return;
                }
            }
        });
        return new StartTimes(1000 * seconds[0]);
    }

    long unixMillis(long startTicks) {
        return bootUnixMillis + 10 * startTicks;
    }

    String iso8601(long startTicks) {
        return ISO_MILLIS.format(Instant.ofEpochMilli(unixMillis(startTicks)));
    }
}
