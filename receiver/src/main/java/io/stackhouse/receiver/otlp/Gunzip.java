package io.stackhouse.receiver.otlp;

import io.stackhouse.pipeline.RejectedException;
import io.stackhouse.pipeline.TooLargeException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.zip.GZIPInputStream;

/** Inflates gzip up to a limit. Stateless; any thread. */
final class Gunzip {
    private static final int STEP_BYTES = 64 * 1024;

    private Gunzip() {}

    /**
     * The inflated bytes.
     *
     * @throws TooLargeException when they are more than the limit, as soon as that is known
     * @throws RejectedException when it is no gzip
     */
    static byte[] inflate(byte[] compressed, int maxBytes) {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(compressed), STEP_BYTES)) {
            BodyBuffer out = new BodyBuffer(maxBytes, -1);
            byte[] step = new byte[STEP_BYTES];
            for (int n = in.read(step); n >= 0; n = in.read(step)) {
                out.add(step, n);
            }
            return out.toByteArray();
        } catch (IOException e) {
            throw new RejectedException("the body is no gzip, though Content-Encoding says so: " + e.getMessage(), e);
        }
    }
}
