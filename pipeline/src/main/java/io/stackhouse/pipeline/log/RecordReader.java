package io.stackhouse.pipeline.log;

import io.stackhouse.pipeline.log.SegmentLog.Place;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads records of the segments in the order of their sequences, going on where it stood. One thread, the journal's taker. */
final class RecordReader {
    private final SegmentLog segments;
    private final long maxBodyBytes;
    private @Nullable Segment segment;
    private long offset;

    RecordReader(SegmentLog segments, long maxBodyBytes) {
        this.segments = segments;
        this.maxBodyBytes = maxBodyBytes;
    }

    /** The record before this place was taken from memory. */
    void goTo(Place place) {
        segment = place.segment();
        offset = place.endOffset();
    }

    /** The first whole record at or after the sequence, or null when there is none. */
    SegmentScanner.@Nullable Found next(long sequence) throws IOException {
        Segment at = segments.segmentFor(sequence);
        while (at != null) {
            long start = at == segment ? offset : Segment.HEADER_BYTES;
            SegmentScanner scanner = new SegmentScanner(at, start, maxBodyBytes);
            long end = segments.endOffset(at);
            for (SegmentScanner.Found found = scanner.next(end); found != null; found = scanner.next(end)) {
                segment = at;
                offset = found.endOffset();
                if (found.header().sequence() >= sequence) {
                    return found;
                }
            }
            at = segments.segmentAfter(at);
        }
        return null;
    }
}
