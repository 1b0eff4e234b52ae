package io.stackhouse.receiver.otlp;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * Inflates gzip (RFC 1952, all members) or deflate (RFC 1950, or RFC 1951 alone). Unlike the JDK's streams it doesn't take
 * anything behind the last member for an end. One thread; owns an inflater until it is closed.
 */
final class InflatingStream extends InputStream {
    private static final int GZIP_MAGIC = 0x1f8b;
    private static final int HEADER_CRC = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;
    private static final int RESERVED = 0xe0;
    private static final int ZLIB_DICTIONARY = 0x20;
    private static final int BUFFER_BYTES = 64 * 1024;

    private final InputStream in;
    private final boolean isGzip;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private final CRC32 crc = new CRC32();
    private final Inflater inflater;
    private int at;
    private int end;
    private boolean isEnded;

    private InflatingStream(InputStream in, boolean isGzip) throws IOException {
        this.in = in;
        this.isGzip = isGzip;
        if (isGzip) {
            readMemberHeader();
        }
        this.inflater = new Inflater(isGzip || !isZlib());
    }

    static InflatingStream gzip(InputStream in) throws IOException {
        return new InflatingStream(in, true);
    }

    static InflatingStream deflate(InputStream in) throws IOException {
        return new InflatingStream(in, false);
    }

    /** Whether it begins as zlib does. Deflate alone doesn't: it would be a stored block with bits set that nobody sets. */
    private boolean isZlib() throws IOException {
        if (!fill() || end < 2) {
            throw new EOFException("it ends too early");
        }
        int first = buffer[0] & 0xff;
        int second = buffer[1] & 0xff;
        return (first & 0x0f) == 8 && (first << 8 | second) % 31 == 0 && (second & ZLIB_DICTIONARY) == 0;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        try {
            while (!isEnded) {
                int n = inflater.inflate(to, offset, length);
                if (n > 0) {
                    crc.update(to, offset, n);
                    return n;
                }
                if (inflater.finished()) {
                    endMember();
                } else if (inflater.needsDictionary()) {
                    throw new ZipException("it needs a dictionary");
                } else {
                    feed();
                }
            }
            return -1;
        } catch (DataFormatException e) {
            throw new ZipException(e.getMessage() == null ? "damaged" : e.getMessage());
        }
    }

    private void feed() throws IOException {
        if (at == end && !fill()) {
            throw new EOFException("it ends too early");
        }
        inflater.setInput(buffer, at, end - at);
        at = end;
    }

    private void endMember() throws IOException {
        at = end - inflater.getRemaining();
        if (isGzip) {
            long expected = crc.getValue();
            long sum = littleEndian(4);
            long size = littleEndian(4);
            if (sum != expected || size != (inflater.getBytesWritten() & 0xffff_ffffL)) {
                throw new ZipException("checksum or length are wrong");
            }
        }
        if (at == end && !fill()) {
            isEnded = true;
            return;
        }
        if (!isGzip) {
            throw new ZipException("something follows its end");
        }
        readMemberHeader();
        crc.reset();
        inflater.reset();
    }

    private void readMemberHeader() throws IOException {
        crc.reset();
        if ((next() << 8 | next()) != GZIP_MAGIC) {
            throw new ZipException("a member doesn't begin with 1f 8b");
        }
        if (next() != 8) {
            throw new ZipException("the method is not deflate");
        }
        int flags = next();
        if ((flags & RESERVED) != 0) {
            throw new ZipException("reserved flags are set");
        }
        skip(6);
        if ((flags & EXTRA) != 0) {
            skip(next() | next() << 8);
        }
        if ((flags & NAME) != 0) {
            skipText();
        }
        if ((flags & COMMENT) != 0) {
            skipText();
        }
        if ((flags & HEADER_CRC) != 0) {
            long expected = crc.getValue() & 0xffff;
            if (littleEndian(2) != expected) {
                throw new ZipException("the header's checksum is wrong");
            }
        }
        crc.reset();
    }

    private void skip(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            next();
        }
    }

    private void skipText() throws IOException {
        while (next() != 0) {
            // Names are nobody's business.
        }
    }

    private long littleEndian(int count) throws IOException {
        long value = 0;
        for (int i = 0; i < count; i++) {
            value |= (long) next() << (8 * i);
        }
        return value;
    }

    /** The next byte outside of deflate's; the header's checksum goes over it. */
    private int next() throws IOException {
        if (at == end && !fill()) {
            throw new EOFException("it ends too early");
        }
        int value = buffer[at++] & 0xff;
        crc.update(value);
        return value;
    }

    private boolean fill() throws IOException {
        int n = in.read(buffer);
        at = 0;
        end = Math.max(n, 0);
        return n > 0;
    }

    @Override
    public void close() throws IOException {
        inflater.end();
        in.close();
    }
}
