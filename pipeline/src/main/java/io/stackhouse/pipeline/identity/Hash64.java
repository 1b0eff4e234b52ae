package io.stackhouse.pipeline.identity;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * 64-bit XXH3 over a sequence of numbers and strings, seeded by a version. One thread; kept and used again.
 *
 * <p>What is hashed: numbers as 8 bytes little endian, strings as the 8 bytes of the XXH3 of their UTF-8.
 */
final class Hash64 {
    private final Hasher64 hasher;
    private byte[] bytes = new byte[1024];
    private int size;

    Hash64(long version) {
        this.hasher = Hashing.xxh3_64(version);
    }

    void begin() {
        size = 0;
    }

    Hash64 add(long value) {
        if (bytes.length - size < 8) {
            bytes = Arrays.copyOf(bytes, bytes.length * 2);
        }
        for (int i = 0; i < 8; i++) {
            bytes[size++] = (byte) (value >>> (8 * i));
        }
        return this;
    }

    long end() {
        return hasher.hashBytesToLong(bytes, 0, size);
    }

    long ofString(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return hasher.hashBytesToLong(utf8, 0, utf8.length);
    }
}
