package io.stackhouse.cli.load;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * An encoded request and the places in it that differ each time it is sent. Immutable; any thread.
 */
public final class RequestTemplate {

    private static final VarHandle LITTLE = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle BIG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle BIG_INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    /** What is at a place. */
    enum Kind {
        /** Fixed64, Unix nanoseconds: the template's own time counts from the begin of its interval. */
        TIME,
        /** A profile's id. */
        PROFILE_ID,
        /** Eight random bytes of a trace's or span's id. */
        RANDOM,
        /** {@value RequestReader#INSTANCE_DIGITS} decimal digits. */
        INSTANCE
    }

    /**
     * One of them.
     *
     * @param value of a time: nanoseconds since the begin; of random bytes: what they were
     */
    record Place(Kind kind, int offset, long value) {}

    /**
     * What is in a request.
     *
     * @param samples as a collector counts rows: each value or time
     * @param valueSum of all values
     */
    public record Content(
            int bytes, int samples, int stacks, int frames, int resources, int profiles, int links, long valueSum) {}

    private final byte[] bytes;
    private final Content content;
    private final Place[] others;
    private final int[] timeOffsets;
    private final long[] times;

    RequestTemplate(byte[] bytes, Content content, java.util.List<Place> places) {
        this.bytes = bytes;
        this.content = content;
        Place[] ofTime =
                places.stream().filter(place -> place.kind() == Kind.TIME).toArray(Place[]::new);
        this.others = places.stream().filter(place -> place.kind() != Kind.TIME).toArray(Place[]::new);
        this.timeOffsets = new int[ofTime.length];
        this.times = new long[ofTime.length];
        for (int i = 0; i < ofTime.length; i++) {
            timeOffsets[i] = ofTime[i].offset();
            times[i] = ofTime[i].value();
        }
    }

    public Content content() {
        return content;
    }

    /**
     * The bytes to send, the caller's own.
     *
     * @param beginUnixNanos of the interval
     */
    byte[] stamped(Stamp stamp, long beginUnixNanos) {
        byte[] body = bytes.clone();
        for (int i = 0; i < times.length; i++) {
            LITTLE.set(body, timeOffsets[i], beginUnixNanos + times[i]);
        }
        for (Place place : others) {
            switch (place.kind()) {
                case PROFILE_ID -> {
                    BIG_INT.set(body, place.offset() + ProfileIds.RUN_OFFSET, stamp.run());
                    BIG.set(body, place.offset() + ProfileIds.SEQUENCE_OFFSET, stamp.sequence());
                }
                case RANDOM ->
                    BIG.set(body, place.offset(), place.value() ^ GOLDEN * (stamp.run() + (stamp.sequence() << 20)));
                case INSTANCE -> putDigits(body, place.offset(), stamp.instance());
                default -> throw new IllegalStateException("a place of " + place.kind());
            }
        }
        return body;
    }

    private static void putDigits(byte[] body, int offset, int number) {
        int rest = number;
        for (int i = RequestReader.INSTANCE_DIGITS - 1; i >= 0; i--) {
            body[offset + i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }

    /**
     * What makes a request its own.
     *
     * @param run number of the run
     * @param sequence number of the request within it
     * @param instance number that the instances' names end in
     */
    record Stamp(int run, long sequence, int instance) {}
}
