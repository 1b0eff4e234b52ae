package io.stackhouse.agent.sample;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Raw stacks for tests of what works with them: of this process, with one user address. */
public final class RawStacks {
    public static RawStack body(long hash, String comm) {
        return of(RecordLayout.KIND_STACK, hash, comm, 0);
    }

    public static RawStack single(long hash, String comm, long boottimeNanos) {
        return of(RecordLayout.KIND_SINGLE, hash, comm, boottimeNanos);
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

    private static RawStack of(int kind, long hash, String comm, long boottimeNanos) {
        ByteBuffer record = ByteBuffer.allocate(RecordLayout.WORDS + Long.BYTES).order(ByteOrder.nativeOrder());
        record.putInt(RecordLayout.KIND, kind);
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
