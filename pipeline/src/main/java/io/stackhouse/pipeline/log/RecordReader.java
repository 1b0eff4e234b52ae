package io.stackhouse.pipeline.log;

import io.stackhouse.pipeline.log.SegmentLog.Place;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads records of the segments in the order of their sequences, going on where it stood. One thread, the journal's taker. */
final class RecordReader {
    private static final int BUFFER_BYTES = 1 << 15;

    private final SegmentLog segments;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private @Nullable Place last;
    private @Nullable Segment scanned;
    private @Nullable SegmentScanner scanner;

    RecordReader(SegmentLog segments) {
        this.segments = segments;
    }

    /** The record before this place was taken from memory. */
    void goTo(Place place) {
        last = place;
        scanner = null;
    }

    /** The first whole record at or after the sequence, or null when there is none. */
    SegmentScanner.@Nullable Found next(long sequence) throws IOException {
        Segment at = segments.segmentFor(sequence);
        while (at != null) {
            SegmentScanner in = scannerOf(at);
            long end = segments.endOffset(at);
            for (SegmentScanner.Found found = in.next(end); found != null; found = in.next(end)) {
                last = new Place(at, found.endOffset());
                if (found.header().sequence() >= sequence) {
                    return found;
                }
            }
            at = segments.segmentAfter(at);
        }
        return null;
    }

    private SegmentScanner scannerOf(Segment segment) {
        SegmentScanner current = scanner;
        if (current == null || scanned != segment) {
            long start = last != null && last.segment() == segment ? last.endOffset() : Segment.HEADER_BYTES;
            current = new SegmentScanner(segment, start, buffer, segments.damage());
            scanner = current;
            scanned = segment;
        }
        return current;
    }
}
