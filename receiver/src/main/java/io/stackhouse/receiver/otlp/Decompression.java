package io.stackhouse.receiver.otlp;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import io.stackhouse.pipeline.RefusedException;
import io.stackhouse.pipeline.RejectedException;
import io.stackhouse.pipeline.TooLargeException;
import io.stackhouse.pipeline.memory.MemoryLease;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4FrameInputStream;
import net.jpountz.xxhash.XXHashFactory;

/**
 * Decompresses bodies of both transports, up to a limit and charged to a lease while they grow. Stateless; any thread.
 *
 * <p>What a stream says of its own length is never believed: memory grows with what came out. Beside the body, an encoding takes
 * a constant: at most 8 MiB (zstd's window, two blocks of lz4) for a worker.
 *
 * <p>Streams may follow one another (members of gzip, frames of zstd, lz4 and snappy); anything else behind them, and an end
 * before its time, rejects the body.
 */
final class Decompression {
    /** log2 of the largest window that is taken: 8 MiB, what RFC 8878 asks of a decoder. */
    static final int MAX_ZSTD_WINDOW_LOG = 23;

    private Decompression() {}

    /**
     * The decompressed bytes.
     *
     * @param maxBytes what may come out
     * @param memory charged with what comes out; the compressed bytes are the caller's
     * @throws TooLargeException when more comes out, as soon as that is known
     * @throws RefusedException when there is no room for it now
     * @throws RejectedException when it isn't what the encoding says
     */
    static byte[] decompress(Encoding encoding, byte[] compressed, int maxBytes, MemoryLease memory) {
        if (encoding == Encoding.IDENTITY) {
            return compressed;
        }
        if (compressed.length == 0) {
            throw new RejectedException(
                    "the body is empty, which is no " + encoding.label() + "; leave the encoding out or send one");
        }
        if (encoding == Encoding.SNAPPY && !SnappyInputStream.isFramed(compressed)) {
            return SnappyBlock.decompress(compressed, maxBytes, memory);
        }
        BodyBuffer out = new BodyBuffer(maxBytes, -1, memory);
        try (InputStream in = open(encoding, new ByteArrayInputStream(compressed))) {
            out.addAll(in);
        } catch (RejectedException | RefusedException | TooLargeException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // The decoders' libraries throw both at what is damaged.
            throw new RejectedException(
                    "the body can't be decompressed as " + encoding.label() + ", which its encoding says it is: "
                            + e.getMessage(),
                    e);
        }
        return out.toByteArray();
    }

    private static InputStream open(Encoding encoding, InputStream in) throws IOException {
        return switch (encoding) {
            case IDENTITY -> in;
            case GZIP -> InflatingStream.gzip(in);
            case DEFLATE -> InflatingStream.deflate(in);
            case ZSTD -> new ZstdInputStreamNoFinalizer(in).setLongMax(MAX_ZSTD_WINDOW_LOG);
            case SNAPPY -> new SnappyInputStream(in);
            case LZ4 ->
                new LZ4FrameInputStream(
                        in,
                        LZ4Factory.safeInstance().safeDecompressor(),
                        XXHashFactory.safeInstance().hash32());
        };
    }
}
