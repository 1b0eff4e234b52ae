package io.stackhouse.agent.sample;

import io.stackhouse.agent.libbpf.BpfMap;
import io.stackhouse.agent.libbpf.MappedArray;
import io.stackhouse.agent.libbpf.PossibleCpus;
import java.nio.ByteBuffer;

/**
 * Sets with which chance each CPU draws a sleep, so that about the wanted number is drawn per second. The BPF program halves a
 * chance by itself when a burst comes between two looks (off_cpu.bpf.h). One thread.
 */
final class SleepDraw implements AutoCloseable {
    /** Odds are counted in 2^32. */
    static final long CERTAIN = 1L << 32;

    static final int BURST = 2;
    private static final long FIRST = CERTAIN >>> 10;
    private static final long MOST_GROWTH = 4;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final long LOOK_NANOS = 1_000_000_000L;

    private final int perSecond;
    private final MappedArray array;
    private final ByteBuffer draws;
    private final int cpus;
    private final long[] takenBefore;
    private long lastNanos;
    private long chanceMillionths;

    SleepDraw(BpfMap map, int perSecond) {
        this.perSecond = perSecond;
        cpus = PossibleCpus.count();
        takenBefore = new long[cpus];
        array = MappedArray.of(map, cpus * RecordLayout.DRAW_BYTES);
        draws = array.buffer();
    }

    /** Before the program is attached. */
    void begin(long nowNanos) {
        begin(nowNanos, FIRST);
    }

    void begin(long nowNanos, long odds) {
        lastNanos = nowNanos;
        for (int cpu = 0; cpu < cpus; cpu++) {
            set(cpu, odds, draws.getLong(cpu * RecordLayout.DRAW_BYTES + RecordLayout.DRAW_TAKEN));
        }
        describe();
    }

    /** Once per second does something. */
    void look(long nowNanos) {
        if (nowNanos - lastNanos < LOOK_NANOS) {
            return;
        }
        double wanted = perSecond * ((nowNanos - lastNanos) / NANOS_PER_SECOND);
        lastNanos = nowNanos;
        for (int cpu = 0; cpu < cpus; cpu++) {
            int at = cpu * RecordLayout.DRAW_BYTES;
            long taken = draws.getLong(at + RecordLayout.DRAW_TAKEN);
            set(cpu, next(draws.getLong(at + RecordLayout.DRAW_ODDS), taken - takenBefore[cpu], wanted), taken);
        }
        describe();
    }

    /** The chance with which a sleep is drawn now, the mean of the CPUs, in millionths. */
    long chanceMillionths() {
        return chanceMillionths;
    }

    @Override
    public void close() {
        array.close();
    }

    /** The odds that would have given the wanted number; where there was little to draw from they grow step by step. */
    static long next(long odds, long taken, double wanted) {
        long most = Math.min(CERTAIN, odds * MOST_GROWTH);
        return Math.max(1, Math.min(most, (long) (odds * (wanted / Math.max(1, taken)))));
    }

    private void set(int cpu, long odds, long taken) {
        int at = cpu * RecordLayout.DRAW_BYTES;
        takenBefore[cpu] = taken;
        draws.putLong(at + RecordLayout.DRAW_LIMIT, taken + (long) BURST * perSecond);
        draws.putLong(at + RecordLayout.DRAW_STEP, perSecond);
        draws.putLong(at + RecordLayout.DRAW_ODDS, odds);
    }

    private void describe() {
        double sum = 0;
        int[] online = OnlineCpus.read();
        for (int cpu : online) {
            sum += draws.getLong(cpu * RecordLayout.DRAW_BYTES + RecordLayout.DRAW_ODDS);
        }
        chanceMillionths = Math.round(sum / online.length / CERTAIN * 1e6);
    }
}
