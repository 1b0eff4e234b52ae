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
