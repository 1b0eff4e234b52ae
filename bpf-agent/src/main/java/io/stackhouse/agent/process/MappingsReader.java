package io.stackhouse.agent.process;

import io.stackhouse.agent.elf.ByteSource;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Reads {@code /proc/PID/maps}, and keeps within bounds how often that is done again. */
final class MappingsReader {
    static final long SHORTEST_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long USUAL_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LONGEST_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(16);
    private static final long MAX_FILE_BYTES = 16 << 20;

    /** Over all processes: a reading costs 0.1 to 1 ms, so this is at most a few ms per second. */
    private static final int REFRESHES_PER_PERIOD = 40;

    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final ByteLines lines;
    private final MappingsBuilder builder;
    private final ProcessCounters counters;
    private final LongSupplier clock;
    private long periodStartNanos;
    private int refreshesInPeriod;

    MappingsReader(ByteLines lines, int maxMappings, ProcessCounters counters, LongSupplier clock) {
        this.lines = lines;
        builder = new MappingsBuilder(maxMappings);
        this.counters = counters;
        this.clock = clock;
        periodStartNanos = clock.getAsLong();
    }

    long nanoTime() {
        return clock.getAsLong();
    }

    void deferred() {
        counters.refreshesDeferred.incrementAndGet();
    }

    boolean takeFromBudget(long nowNanos) {
        if (nowNanos - periodStartNanos >= PERIOD_NANOS) {
            periodStartNanos = nowNanos;
            refreshesInPeriod = 0;
        }
        return refreshesInPeriod++ < REFRESHES_PER_PERIOD;
    }

    long nextInterval(long lastNanos, boolean helped) {
        if (helped) {
            return Math.min(USUAL_INTERVAL_NANOS, 2 * lastNanos);
        }
        return Math.min(LONGEST_INTERVAL_NANOS, 2 * lastNanos);
    }

    /** The mappings now; those of before if they cannot be read any more. */
    Mappings read(TracedProcess process, Mappings before) {
        try (FileChannel file = FileChannel.open(process.procDirectory().resolve("maps"), StandardOpenOption.READ)) {
            Mappings fresh = new Mappings(builder.read(lines.open(ByteSource.of(file), 0, MAX_FILE_BYTES, '\n')));
            counters.mappingsLeftOut.addAndGet(builder.leftOut());
            counters.mappingsRead.incrementAndGet();
            // A process that has ended but was not waited for has an empty file.
            if (fresh.count() == 0) {
                return before;
            }
            fresh.adopt(before);
            return fresh;
        } catch (IOException e) {
            counters.mappingsDenied.incrementAndGet();
            return before;
        }
    }
}
