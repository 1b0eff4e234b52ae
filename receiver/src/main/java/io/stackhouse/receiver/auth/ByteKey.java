package io.stackhouse.receiver.auth;

import java.util.Arrays;

/** Bytes as a key of a map. Immutable; owns the bytes. */
record ByteKey(byte[] bytes) {
    @Override
    public boolean equals(Object other) {
        return other instanceof ByteKey key && Arrays.equals(bytes, key.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "ByteKey";
    }
}
