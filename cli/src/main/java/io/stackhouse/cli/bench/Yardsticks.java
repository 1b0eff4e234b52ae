package io.stackhouse.cli.bench;

import com.sun.management.OperatingSystemMXBean;
import io.stackhouse.cli.load.Latencies;
import io.stackhouse.cli.load.Requests;
import io.stackhouse.pipeline.otlp.GeneratedReading;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** What the machine can do with the same bytes, measured in this process. One thread. */
final class Yardsticks {

    /** More than the caches hold. */
    private static final int COPY_BYTES = 64 << 20;

    private static final double MEGA = 1e6;
    private static final double NANOS = 1e9;

    private final List<byte[]> bodies = new ArrayList<>();
    private final double samplesPerPass;
    private final double bytesPerPass;
    private final byte[] from = new byte[COPY_BYTES];
    private final byte[] to = new byte[COPY_BYTES];

    Yardsticks(Requests requests) {
        double samples = 0;
        double bytes = 0;
        for (int i = 0; i < requests.templates().size(); i++) {
            bodies.add(requests.body(0, i, 0));
            samples += requests.content(i).samples();
            bytes += requests.content(i).bytes();
        }
        this.samplesPerPass = samples;
        this.bytesPerPass = bytes;
    }

    /**
     * Of a computation on one core.
     *
     * @param cpuSecondsPerMillion samples
     * @param megabytesPerSecond of CPU time
     */
    record Speed(double cpuSecondsPerMillion, double megabytesPerSecond) {}

    /** protobuf-java's own classes read all requests. CPU time of this whole process, collections of garbage too. */
    Speed parse(double seconds) {
        int resources = 0;
        long passes = 0;
        long begin = System.nanoTime();
        long cpu = cpuNanos();
        do {
            for (byte[] body : bodies) {
                resources += GeneratedReading.resources(body);
            }
            passes++;
        } while (System.nanoTime() - begin < seconds * NANOS);
        double cpuSeconds = (cpuNanos() - cpu) / NANOS;
        if (resources == 0) {
            throw new IllegalStateException("requests without resources");
        }
        return new Speed(cpuSeconds / (passes * samplesPerPass / MEGA), passes * bytesPerPass / MEGA / cpuSeconds);
    }

    /** The same number of bytes is copied from one place in memory to another. */
    Speed copy(double seconds) {
        long copied = 0;
        long begin = System.nanoTime();
        long cpu = cpuNanos();
        do {
            System.arraycopy(from, 0, to, 0, COPY_BYTES);
            copied += COPY_BYTES;
        } while (System.nanoTime() - begin < seconds * NANOS);
        double cpuSeconds = (cpuNanos() - cpu) / NANOS;
        double samples = copied / bytesPerPass * samplesPerPass;
        return new Speed(cpuSeconds / (samples / MEGA), copied / MEGA / cpuSeconds);
    }

    /**
     * Appends a request's bytes to a file at a rate and syncs each.
     *
     * @param fromBegin gets what each append and sync took
     * @param fromDue gets the same from the time on when it was due
     */
    static void sync(Path file, int bytes, double perSecond, double seconds, Latencies fromBegin, Latencies fromDue)
            throws IOException {
        ByteBuffer body = ByteBuffer.allocateDirect(bytes);
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            long begin = System.nanoTime();
            for (long i = 0; i < seconds * perSecond; i++) {
                long due = begin + (long) (i * NANOS / perSecond);
                for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                long start = System.nanoTime();
                channel.write(body.clear());
                channel.force(false);
                long end = System.nanoTime();
                fromBegin.add(end - start);
                fromDue.add(end - due);
                if (end - begin > 2 * seconds * TimeUnit.SECONDS.toNanos(1)) {
                    // A disk that can't keep up: what was not begun is left out.
                    return;
                }
            }
        }
    }

    private static long cpuNanos() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    }
}
