package io.stackhouse.receiver.otlp;

import io.stackhouse.pipeline.RejectedException;
import io.stackhouse.pipeline.TooLargeException;
import io.stackhouse.pipeline.memory.MemoryBudget;
import io.stackhouse.pipeline.memory.MemoryLease;
import io.stackhouse.pipeline.testing.Cost;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/** Any bytes as a compressed body; the first one says of which encoding. */
public final class DecompressionFuzz {
    private static final int MAX_BYTES = 1 << 20;
    /** A body doubles as it grows, and both arrays are charged. */
    private static final long MAX_CHARGED_BYTES = 3L * MAX_BYTES;
    /** What comes out, what it outgrew, and the constants of the decoders. */
    private static final long MAX_ALLOCATED_BYTES = 4L * MAX_BYTES + (16 << 20);

    private DecompressionFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        Encoding[] encodings = Encoding.values();
        Encoding encoding = encodings[(input[0] & 0xff) % encodings.length];
        byte[] body = Arrays.copyOfRange(input, 1, input.length);
        Cost.check("decompressing " + body.length + " bytes", MAX_ALLOCATED_BYTES, () -> check(encoding, body));
    }

    private static void check(Encoding encoding, byte[] body) {
        MemoryBudget budget = new MemoryBudget(MAX_CHARGED_BYTES);
        try (MemoryLease lease = budget.open()) {
            byte[] plain = Decompression.decompress(encoding, body, MAX_BYTES, lease);
            if (encoding != Encoding.IDENTITY && (plain.length > MAX_BYTES || plain.length != lease.bytes())) {
                throw new AssertionError(plain.length + " bytes came out, " + lease.bytes() + " are charged");
            }
            if (encoding == Encoding.GZIP && !Arrays.equals(plain, gunzip(body))) {
                throw new AssertionError("the JDK inflates it to something else");
            }
        } catch (RejectedException | TooLargeException expected) {
            if (("" + expected.getMessage()).length() > 1000) {
                throw new AssertionError("a long message", expected);
            }
        }
    }

    private static byte[] gunzip(byte[] body) {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new AssertionError("the JDK refuses what we inflate", e);
        }
    }
}
