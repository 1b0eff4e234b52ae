package io.stackhouse.agent.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class RingConsumerTest {
    private static final int SIZE = 4096;
    private static final int BUSY = 1 << 31;
    private static final int DISCARD = 1 << 30;

    private final ByteBuffer consumer = ByteBuffer.allocateDirect(4096).order(ByteOrder.nativeOrder());
    private final ByteBuffer producer = ByteBuffer.allocateDirect(4096).order(ByteOrder.nativeOrder());
    private final ByteBuffer data = ByteBuffer.allocateDirect(2 * SIZE).order(ByteOrder.nativeOrder());
    private final RingConsumer ring = new RingConsumer(consumer, producer, data);
    private final List<String> seen = new ArrayList<>();

    @Test
    void handsOverRecordsInOrderWithAllFields() {
        submit(record(7, 2, 3));
        submit(record(8, 0, 1));
        List<long[]> ips = new ArrayList<>();

        int records = ring.drain(stack -> {
            seen.add(
                    stack.comm() + " " + stack.hash() + " " + stack.tgid() + "/" + stack.tid() + " cpu " + stack.cpu());
            assertThat(stack.startBoottimeNanos()).isEqualTo(1000);
            assertThat(stack.execId()).isEqualTo(5);
            assertThat(stack.boottimeNanos()).isEqualTo(2000);
            assertThat(stack.cgroupId()).isEqualTo(77);
            assertThat(stack.isTruncated()).isTrue();
            assertThat(stack.isSingle()).isTrue();
            ips.add(Arrays.copyOf(stack.kernelIps(), stack.kernelCount()));
            ips.add(Arrays.copyOf(stack.userIps(), stack.userCount()));
        });

        assertThat(records).isEqualTo(2);
        assertThat(seen).containsExactly("worker 7 41/42 cpu 3", "worker 8 41/42 cpu 3");
        assertThat(ips).containsExactly(new long[] {0, 1}, new long[] {2, 3, 4}, new long[] {}, new long[] {0});
    }

    @Test
    void givesASleepTheWeightOfTheChanceItWasDrawnWith() {
        submit(sleep(1L << 30, 500));
        submit(sleep(1L << 32, 500));
        submit(sleep(0, 500));

        ring.drain(new StackConsumer() {
            @Override
            public void stack(RawStack stack) {}

            @Override
            public void traced(TracedSample sample) {
                seen.add(sample.event() + " " + sample.hash() + " " + sample.value() + " " + sample.hasSpan());
            }
        });

        assertThat(seen).containsExactly("OFF_CPU 9 2000 false", "OFF_CPU 9 500 false");
        assertThat(ring.malformed()).isEqualTo(1);
    }

    private static byte[] sleep(long odds, long nanos) {
        ByteBuffer record = ByteBuffer.allocate(RecordLayout.SLEEP_SAMPLE + RecordLayout.TRACED_ATTRIBUTES)
                .order(ByteOrder.nativeOrder());
        record.putInt(RecordLayout.KIND, RecordLayout.KIND_SLEEP);
        record.putLong(RecordLayout.SLEEP_ODDS, odds);
        record.putLong(RecordLayout.SLEEP_DURATION, nanos);
        int event = Event.OFF_CPU.code() << RecordLayout.EVENT_SHIFT;
        record.putShort(RecordLayout.SLEEP_SAMPLE + RecordLayout.TRACED_FLAGS, (short) event);
        record.putLong(RecordLayout.SLEEP_SAMPLE + RecordLayout.TRACED_HASH, 9);
        return record.array();
    }

    @Test
    void freesTheSpaceOfWhatItRead() {
        submit(record(1, 1, 1));

        ring.drain(stack -> {});

        assertThat(consumer.getLong(0)).isEqualTo(producer.getLong(0));
        assertThat(ring.drain(stack -> seen.add("again"))).isZero();
        assertThat(seen).isEmpty();
    }

    @Test
    void waitsForARecordThatIsStillBeingWritten() {
        submit(record(1, 1, 1));
        long busyAt = submit(record(2, 1, 1));
        submit(record(3, 1, 1));
        markHeader(busyAt, BUSY);

        ring.drain(stack -> seen.add("" + stack.hash()));
        assertThat(seen).containsExactly("1");
        assertThat(consumer.getLong(0)).isEqualTo(busyAt);

        markHeader(busyAt, BUSY);
        ring.drain(stack -> seen.add("" + stack.hash()));
        assertThat(seen).containsExactly("1", "2", "3");
    }

    @Test
    void passesOverDiscardedRecords() {
        long discarded = submit(record(1, 1, 1));
        submit(record(2, 1, 1));
        markHeader(discarded, DISCARD);

        assertThat(ring.drain(stack -> seen.add("" + stack.hash()))).isEqualTo(1);
        assertThat(seen).containsExactly("2");
    }

    @Test
    void readsAcrossTheEndOfTheRing() {
        for (int i = 0; i < 100; i++) {
            submit(record(i, 10, 20));
            ring.drain(stack -> seen.add(stack.hash() + ":" + stack.userIps()[19]));
        }

        assertThat(producer.getLong(0)).isGreaterThan(5L * SIZE);
        assertThat(seen).hasSize(100).first().isEqualTo("0:29");
        assertThat(seen).last().isEqualTo("99:29");
    }

    @Test
    void countsRecordsWhoseLengthsContradictEachOther() {
        byte[] wrong = record(1, 1, 1);
        ByteBuffer.wrap(wrong).order(ByteOrder.nativeOrder()).putShort(RecordLayout.USER_WORDS, (short) 100);
        submit(wrong);
        submit(new byte[16]);
        submit(record(2, 1, 1));

        ring.drain(stack -> seen.add("" + stack.hash()));

        assertThat(seen).containsExactly("2");
        assertThat(ring.malformed()).isEqualTo(2);
    }

    private static byte[] record(long hash, int kernel, int user) {
        ByteBuffer record =
                ByteBuffer.allocate(RecordLayout.WORDS + 8 * (kernel + user)).order(ByteOrder.nativeOrder());
        record.putInt(RecordLayout.KIND, RecordLayout.KIND_SINGLE);
        record.putInt(RecordLayout.FLAGS, RecordLayout.FLAG_USER_TRUNCATED);
        record.putLong(RecordLayout.HASH, hash);
        record.putInt(RecordLayout.TGID, 41);
        record.putInt(RecordLayout.TID, 42);
        record.putInt(RecordLayout.CPU, 3);
        record.putShort(RecordLayout.KERNEL_COUNT, (short) kernel);
        record.putShort(RecordLayout.USER_WORDS, (short) user);
        record.putLong(RecordLayout.START_BOOTTIME, 1000);
        record.putLong(RecordLayout.EXEC_ID, 5);
        record.putLong(RecordLayout.BOOTTIME, 2000);
        record.putLong(RecordLayout.CGROUP_ID, 77);
        record.put(RecordLayout.COMM, "worker".getBytes(StandardCharsets.UTF_8));
        for (int i = 0; i < kernel + user; i++) {
            record.putLong(RecordLayout.WORDS + 8 * i, i);
        }
        return record.array();
    }

    /** As the kernel does it; gives the record's position. */
    private long submit(byte[] payload) {
        long position = producer.getLong(0);
        put(
                position,
                ByteBuffer.allocate(8)
                        .order(ByteOrder.nativeOrder())
                        .putInt(0, payload.length)
                        .array());
        put(position + 8, payload);
        producer.putLong(0, position + ((8 + payload.length + 7) & ~7));
        return position;
    }

    private void put(long position, byte[] bytes) {
        for (int i = 0; i < bytes.length; i++) {
            int at = (int) (position + i) & (SIZE - 1);
            data.put(at, bytes[i]);
            data.put(at + SIZE, bytes[i]);
        }
    }

    /** Flips a bit of the record's header. */
    private void markHeader(long position, int bit) {
        int length = data.getInt((int) position & (SIZE - 1)) ^ bit;
        put(
                position,
                ByteBuffer.allocate(4)
                        .order(ByteOrder.nativeOrder())
                        .putInt(0, length)
                        .array());
    }
}
