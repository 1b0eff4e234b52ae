package io.stackhouse.receiver.otlp;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import io.airlift.compress.snappy.SnappyCompressor;
import io.airlift.compress.snappy.SnappyFramedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream;

/** Ways to compress a body, for tests. */
enum Compressed {
    IDENTITY(Encoding.IDENTITY),
    GZIP(Encoding.GZIP),
    ZSTD(Encoding.ZSTD),
    ZLIB(Encoding.DEFLATE),
    RAW_DEFLATE(Encoding.DEFLATE),
    SNAPPY_BLOCK(Encoding.SNAPPY),
    SNAPPY_FRAMED(Encoding.SNAPPY),
    LZ4(Encoding.LZ4);

    final Encoding encoding;

    Compressed(Encoding encoding) {
        this.encoding = encoding;
    }

    private interface Wrapping {
        OutputStream around(OutputStream out) throws IOException;
    }

    byte[] of(byte[] plain) {
        return switch (this) {
            case IDENTITY -> plain;
            case GZIP -> through(plain, GZIPOutputStream::new);
            case ZSTD -> through(plain, ZstdOutputStreamNoFinalizer::new);
            case ZLIB -> through(plain, DeflaterOutputStream::new);
            case RAW_DEFLATE -> through(plain, out -> new DeflaterOutputStream(out, new Deflater(6, true)));
            case SNAPPY_BLOCK -> snappyBlock(plain);
            case SNAPPY_FRAMED -> through(plain, SnappyFramedOutputStream::new);
            case LZ4 -> through(plain, LZ4FrameOutputStream::new);
        };
    }

    private static byte[] through(byte[] plain, Wrapping wrapping) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream compressing = wrapping.around(out)) {
            compressing.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static byte[] snappyBlock(byte[] plain) {
        SnappyCompressor compressor = new SnappyCompressor();
        byte[] out = new byte[compressor.maxCompressedLength(plain.length)];
        int size = compressor.compress(plain, 0, plain.length, out, 0, out.length);
        return Arrays.copyOf(out, size);
    }
}
