package io.stackhouse.agent.sample;

import io.stackhouse.agent.libbpf.BpfMap;
import io.stackhouse.agent.libbpf.BpfProgram;
import io.stackhouse.agent.libbpf.NativeBuffer;
import io.stackhouse.agent.libbpf.PossibleCpus;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Sums the program's per-CPU counters ({@code struct counters} of stackhouse.h, all of them 64 bits, in this order). */
final class CounterReader {
    private static final int FIELDS = RecordLayout.COUNTERS_BYTES / Long.BYTES;
    private static final int STATUSES = RecordLayout.COUNTERS_STATUSES / Long.BYTES;

    private final BpfMap map;
    private final int cpus = PossibleCpus.count();
    private final NativeBuffer key = NativeBuffer.allocate(Integer.BYTES);
    private final NativeBuffer values = NativeBuffer.allocate(cpus * RecordLayout.COUNTERS_BYTES);
    private final long[] sums = new long[FIELDS];

    CounterReader(BpfMap map) {
        this.map = map;
    }

    /** Since the start; without a program there was none of the event. */
    SampleCounters read(Event event, @Nullable BpfProgram program, long malformed) {
        if (program == null) {
            return SampleCounters.NONE;
        }
        program.refresh();
        key.buffer().putInt(0, event.code());
        if (!map.lookup(key, values)) {
            throw new IllegalStateException("the BPF program has no counters");
        }
        for (int field = 0; field < FIELDS; field++) {
            long sum = 0;
            for (int cpu = 0; cpu < cpus; cpu++) {
                sum += values.buffer().getLong(cpu * RecordLayout.COUNTERS_BYTES + field * Long.BYTES);
            }
            sums[field] = sum;
        }
        return new SampleCounters(
                sums[0],
                sums[1],
                sums[2],
                sums[3],
                sums[4],
                sums[5],
                sums[6],
                sums[7],
                sums[8],
                sums[9],
                sums[10],
                malformed,
                program.runTimeNanos(),
                program.runCount(),
                unwinding(),
                new TraceCounters(sums[16], sums[17], sums[18], sums[19], sums[20]));
    }

    private UnwindCounters unwinding() {
        return new UnwindCounters(
                sums[11],
                sums[12],
                sums[13],
                sums[14],
                sums[15],
                Arrays.copyOfRange(sums, STATUSES, STATUSES + RecordLayout.STATUSES));
    }
}
