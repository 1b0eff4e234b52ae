package io.stackhouse.agent.context;

import io.stackhouse.agent.process.TargetMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/*
 * Header, 32 bytes: char signature[8], u32 version, u32 payload_size, u64 monotonic_published_at_ns, u64 payload. The publisher changes the time to 0, then the
 * rest, then the time to another one: what was read between two readings of the same time, other than 0, is whole.
 */
/** Reads a process context as OTEP 4719 has it. Threads: one. */
final class PublishedBytes {
    /** Payloads are expected to have some KB. */
    static final int MAX_PAYLOAD_BYTES = 128 << 10;

    static final int HEADER_BYTES = 32;
    private static final byte[] SIGNATURE = "OTEL_CTX".getBytes(StandardCharsets.US_ASCII);
    private static final int VERSION = 2;
    private static final int ATTEMPTS = 4;

    private final byte[] header = new byte[HEADER_BYTES];
    private final ByteBuffer fields = ByteBuffer.wrap(header).order(ByteOrder.nativeOrder());

    /** How a reading ended. */
    enum Outcome {
        /** There is a whole payload. */
        READ,
        /** It is being changed, again and again while it was looked at: look again a little later. */
        CHANGING,
        /** There is no context at the place. */
        NOTHING
    }

    /**
     * What was read.
     *
     * @param publishedAt changes with each publication
     * @param payload null unless it was read
     */
    record Reading(Outcome outcome, long publishedAt, byte @Nullable [] payload) {}

    private static final Reading NOTHING = new Reading(Outcome.NOTHING, 0, null);
    private static final Reading CHANGING = new Reading(Outcome.CHANGING, 0, null);

    /** Reads the context whose header lies at the address. */
    Reading read(TargetMemory.Source process, long address) {
        for (int i = 0; i < ATTEMPTS; i++) {
            if (!isContext(process, address)) {
                return NOTHING;
            }
            long publishedAt = publishedAt();
            long size = fields.getInt(12) & 0xffff_ffffL;
            if (publishedAt == 0) {
                continue;
            }
            if (size > MAX_PAYLOAD_BYTES) {
                return NOTHING;
            }
            byte[] payload = new byte[(int) size];
            boolean isRead = payload.length == 0 || process.read(fields.getLong(24), payload);
            if (!isContext(process, address)) {
                return NOTHING;
            }
            if (publishedAt() == publishedAt) {
                return isRead ? new Reading(Outcome.READ, publishedAt, payload) : NOTHING;
            }
        }
        return CHANGING;
    }

    /** When the context at the address was published: 0 while it is changed, -1 if there is none any more. */
    long publishedAt(TargetMemory.Source process, long address) {
        return isContext(process, address) ? publishedAt() : -1;
    }

    private long publishedAt() {
        return fields.getLong(16);
    }

    private boolean isContext(TargetMemory.Source process, long address) {
        return process.read(address, header)
                && Arrays.equals(header, 0, SIGNATURE.length, SIGNATURE, 0, SIGNATURE.length)
                && fields.getInt(8) == VERSION;
    }
}
