package io.stackhouse.pipeline.log;

import io.stackhouse.pipeline.Signal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What stands before each request in a segment. Little endian, 64 bytes, at an offset divisible by 8:
 *
 * <pre>
 *  0  u32  magic "SHJR"
 *  4  u16  layout of the record, 1
 *  6  u16  signal: 1 profiles, 2 traces, 3 a record of a {@link RecordLog}
 *  8  u32  wire version of the body
 * 12  u32  length of the body in bytes
 * 16  u32  length of the tenant's name in bytes (UTF-8, before the body)
 * 20  u32  CRC32C of tenant and body
 * 24  u64  sequence
 * 32  i64  time of receipt, nanoseconds since 1970
 * 40  u64  fingerprint of the request, first half
 * 48  u64  fingerprint, second half
 * 56  u32  the segment's mark
 * 60  u32  CRC32C of bytes 0 to 59
 * </pre>
 *
 * Tenant and body follow, then zeros up to the next offset divisible by 8. The header has a checksum of its own, so that a damaged
 * body is skipped by its length, and a damaged header is passed over by looking for the next magic. The mark is a random number of
 * the segment, so that bytes of a body, which a client chose, never pass for a record there. Magic, layout, mark and checksum stay
 * where they are in every layout.
 */
record RecordHeader(
        int layout,
        int signal,
        int wireVersion,
        int bodyBytes,
        int tenantBytes,
        int contentChecksum,
        long sequence,
        long receivedUnixNanos,
        Fingerprint fingerprint,
        int mark) {
    static final int BYTES = 64;
    static final int ALIGNMENT = 8;
    static final int PROFILES = 1;
    static final int TRACES = 2;
    static final int OTHER = 3;
    static final int MAGIC = 0x524a_4853;
    static final int LAYOUT = 1;
    private static final int CHECKSUM_OFFSET = 60;

    /** Header, tenant, body and padding. */
    long recordBytes() {
        return aligned((long) BYTES + tenantBytes + bodyBytes);
    }

    /** What stands for the signal on disk. */
    static int code(Signal signal) {
        return signal == Signal.PROFILES ? PROFILES : TRACES;
    }

    /** Whether this version can read what follows it. */
    boolean isKnown() {
        return layout == LAYOUT && signal >= PROFILES && signal <= OTHER;
    }

    RecordHeader withMark(int newMark) {
        return new RecordHeader(
                layout,
                signal,
                wireVersion,
                bodyBytes,
                tenantBytes,
                contentChecksum,
                sequence,
                receivedUnixNanos,
                fingerprint,
                newMark);
    }

    static long aligned(long size) {
        return (size + ALIGNMENT - 1) & -ALIGNMENT;
    }

    void write(ByteBuffer target) {
        ByteBuffer out = target.order(ByteOrder.LITTLE_ENDIAN);
        int start = out.position();
        out.putInt(MAGIC).putShort((short) layout).putShort((short) signal);
        out.putInt(wireVersion).putInt(bodyBytes).putInt(tenantBytes).putInt(contentChecksum);
        out.putLong(sequence).putLong(receivedUnixNanos);
        out.putLong(fingerprint.high()).putLong(fingerprint.low());
        out.putInt(mark);
        out.putInt(checksum(out, start));
    }

    /** Reads the header at the offset, of whatever layout, or null when there is none, or a damaged one. */
    static @Nullable RecordHeader read(ByteBuffer source, int offset) {
        ByteBuffer in = source.order(ByteOrder.LITTLE_ENDIAN);
        if (in.limit() - offset < BYTES
                || in.getInt(offset) != MAGIC
                || in.getInt(offset + CHECKSUM_OFFSET) != checksum(in, offset)) {
            return null;
        }
        RecordHeader header = new RecordHeader(
                Short.toUnsignedInt(in.getShort(offset + 4)),
                Short.toUnsignedInt(in.getShort(offset + 6)),
                in.getInt(offset + 8),
                in.getInt(offset + 12),
                in.getInt(offset + 16),
                in.getInt(offset + 20),
                in.getLong(offset + 24),
                in.getLong(offset + 32),
                new Fingerprint(in.getLong(offset + 40), in.getLong(offset + 48)),
                in.getInt(offset + 56));
        return header.bodyBytes < 0 || header.tenantBytes < 0 ? null : header;
    }

    private static int checksum(ByteBuffer bytes, int start) {
        CRC32C checksum = new CRC32C();
        ByteBuffer covered = bytes.duplicate();
        covered.limit(start + CHECKSUM_OFFSET).position(start);
        checksum.update(covered);
        return (int) checksum.getValue();
    }
}
