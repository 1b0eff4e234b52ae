package io.stackhouse.pipeline.log;

import io.stackhouse.pipeline.log.SegmentLog.Place;
import io.stackhouse.pipeline.log.SegmentLog.Unwritten;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes records to the end of a segment, many with few calls, and fills the file with zeros a stretch ahead, so that most syncs need
 * not write its size. One thread, the journal's writer; syncs are its caller's.
 */
final class RecordAppender {
    private static final Logger LOG = LoggerFactory.getLogger(RecordAppender.class);
    private static final int STAGING_BYTES = 1 << 16;
    private static final long MAX_AHEAD_BYTES = 1 << 20;
    private static final long MIN_AHEAD_BYTES = 1 << 12;

    private final long aheadBytes;
    private final ByteBuffer staging = ByteBuffer.allocateDirect(STAGING_BYTES);

    RecordAppender(long segmentBytes) {
        long ahead = Math.min(MAX_AHEAD_BYTES, segmentBytes / 16);
        this.aheadBytes = ahead < MIN_AHEAD_BYTES ? 0 : ahead;
    }

    /** Writes them from the offset on; returns the end of each. */
    List<Place> write(Segment segment, List<Unwritten> records, long start) throws IOException {
        List<Place> places = new ArrayList<>(records.size());
        long at = start;
        staging.clear();
        for (Unwritten record : records) {
            at = write(segment, record, at);
            places.add(new Place(segment, at));
        }
        flush(segment, at);
        fillAhead(segment, at);
        return places;
    }

    /** Stages a record that begins at the offset; returns its end. */
    private long write(Segment segment, Unwritten record, long start) throws IOException {
        long end = start + record.header().recordBytes();
        if (staging.remaining() < RecordHeader.BYTES) {
            flush(segment, start);
        }
        record.header().withMark(segment.mark()).write(staging);
        long at = stage(segment, record.tenant(), start + RecordHeader.BYTES);
        at = stage(segment, record.body(), at);
        stage(segment, new byte[(int) (end - at)], at);
        return end;
    }

    private long stage(Segment segment, byte[] source, long start) throws IOException {
        int done = 0;
        while (done < source.length) {
            if (!staging.hasRemaining()) {
                flush(segment, start + done);
            }
            int count = Math.min(staging.remaining(), source.length - done);
            staging.put(source, done, count);
            done += count;
        }
        return start + source.length;
    }

    /** Writes what is staged, which ends at the offset. */
    private void flush(Segment segment, long end) throws IOException {
        staging.flip();
        segment.file.write(staging, end - staging.limit());
        staging.clear();
    }

    private void fillAhead(Segment segment, long end) throws IOException {
        if (aheadBytes == 0 || end <= segment.allocatedOffset) {
            return;
        }
        long at = end;
        long target = (end / aheadBytes + 1) * aheadBytes;
        try {
            while (at < target) {
                ByteBuffer zeros = ByteBuffer.allocate((int) Math.min(STAGING_BYTES, target - at));
                int count = zeros.remaining();
                segment.file.write(zeros, at);
                at += count;
            }
        } catch (IOException e) {
            // The records fit, the zeros don't; a disk that is all but full.
            LOG.debug("No room to fill the journal's segment ahead: {}", e.toString());
        }
        segment.allocatedOffset = at;
    }
}
