package io.stackhouse.agent.elf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** The attribute {@code process.executable.build_id.htlhash}: the first half of SHA-256 over a file's head, tail and length. It exists for any file. */
public final class HtlHash {
    private static final int PART_BYTES = 4096;

    private HtlHash() {}

    /** 32 hexadecimal digits. */
    public static String of(ByteWindow file) throws IOException {
        MessageDigest digest = sha256();
        long size = file.sizeBytes();
        int part = (int) Math.min(PART_BYTES, size);
        file.digest(0, part, digest);
        file.digest(size - part, part, digest);
        digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, size).array());
        return HexFormat.of().formatHex(Arrays.copyOf(digest.digest(), 16));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
