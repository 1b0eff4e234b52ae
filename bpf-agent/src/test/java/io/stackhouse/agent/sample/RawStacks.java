package io.stackhouse.agent.sample;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Raw stacks for tests of what works with them: of this process, with one user address. */
public final class RawStacks {
    public static RawStack body(long hash, String comm) {
        return of(RecordLayout.KIND_STACK, Event.CPU, hash, comm, 0);
    }

    public static RawStack body(long hash, String comm, Event event) {
        return of(RecordLayout.KIND_STACK, event, hash, comm, 0);
    }

    public static RawStack single(long hash, String comm, long boottimeNanos) {
        return of(RecordLayout.KIND_SINGLE, Event.CPU, hash, comm, boottimeNanos);
    }

    /** A sample of a stack with a span of these bytes (0 for none) and attributes as threads write them. */
    public static TracedSample traced(long hash, int span, byte[] attributes, long boottimeNanos) {
        ByteBuffer record = ByteBuffer.allocate(RecordLayout.TRACED_ATTRIBUTES + attributes.length)
                .order(ByteOrder.nativeOrder());
        record.putInt(RecordLayout.KIND, RecordLayout.KIND_TRACED);
        record.putShort(RecordLayout.TRACED_FLAGS, (short) (span == 0 ? 0 : RecordLayout.TRACED_LINK));
        record.putShort(RecordLayout.TRACED_ATTRIBUTE_BYTES, (short) attributes.length);
        record.putLong(RecordLayout.TRACED_HASH, hash);
        record.putInt(RecordLayout.TRACED_TGID, (int) ProcessHandle.current().pid());
        record.putLong(RecordLayout.TRACED_BOOTTIME, boottimeNanos);
        for (int i = 0; i < TracedSample.TRACE_ID_BYTES + TracedSample.SPAN_ID_BYTES; i++) {
            record.put(RecordLayout.TRACED_TRACE_ID + i, (byte) span);
        }
        record.put(RecordLayout.TRACED_ATTRIBUTES, attributes);
        TracedSample sample = new TracedSample();
        if (!sample.read(record, 0, record.capacity())) {
            throw new IllegalArgumentException("not a record");
        }
        return sample;
    }

    /** A sleep that was drawn with this chance; a span of 0 for none. */
    public static TracedSample sleep(long hash, int span, double chance, long nanos, long endBoottimeNanos) {
        ByteBuffer record = ByteBuffer.allocate(RecordLayout.SLEEP_SAMPLE + RecordLayout.TRACED_ATTRIBUTES)
                .order(ByteOrder.nativeOrder());
        record.putLong(RecordLayout.SLEEP_ODDS, (long) (chance * SleepDraw.CERTAIN));
        record.putLong(RecordLayout.SLEEP_DURATION, nanos);
        int at = RecordLayout.SLEEP_SAMPLE;
        int link = span == 0 ? 0 : RecordLayout.TRACED_LINK;
        record.putShort(at + RecordLayout.TRACED_FLAGS, flags(Event.OFF_CPU, link));
        record.putLong(at + RecordLayout.TRACED_HASH, hash);
        record.putInt(
                at + RecordLayout.TRACED_TGID, (int) ProcessHandle.current().pid());
        record.putLong(at + RecordLayout.TRACED_BOOTTIME, endBoottimeNanos);
        for (int i = 0; i < TracedSample.TRACE_ID_BYTES + TracedSample.SPAN_ID_BYTES; i++) {
            record.put(at + RecordLayout.TRACED_TRACE_ID + i, (byte) span);
        }
        TracedSample sample = new TracedSample();
        if (!sample.readSleep(record, 0, record.capacity())) {
            throw new IllegalArgumentException("not a record");
        }
        return sample;
    }

    private static short flags(Event event, int others) {
        return (short) (event.code() << RecordLayout.EVENT_SHIFT | others);
    }

    private static RawStack of(int kind, Event event, long hash, String comm, long boottimeNanos) {
        ByteBuffer record = ByteBuffer.allocate(RecordLayout.WORDS + Long.BYTES).order(ByteOrder.nativeOrder());
        record.putInt(RecordLayout.KIND, kind);
        record.putInt(RecordLayout.FLAGS, event.code() << RecordLayout.EVENT_SHIFT);
        record.putLong(RecordLayout.HASH, hash);
        record.putInt(RecordLayout.TGID, (int) ProcessHandle.current().pid());
        record.putShort(RecordLayout.USER_WORDS, (short) 1);
        record.putLong(RecordLayout.BOOTTIME, boottimeNanos);
        record.put(RecordLayout.COMM, comm.getBytes(StandardCharsets.UTF_8));
        record.putLong(RecordLayout.WORDS, hash);
        RawStack stack = new RawStack();
        if (!stack.read(record, 0, record.capacity())) {
            throw new IllegalArgumentException("not a record");
        }
        return stack;
    }

    private RawStacks() {}
}
