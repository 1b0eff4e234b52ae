package io.stackhouse.pipeline.log;

import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hashing;

/** 128-bit XXH3 of a request's uncompressed body: what a request is known by when it is sent again. */
record Fingerprint(long high, long low) {
    static Fingerprint of(byte[] body) {
        HashValue128 hash = Hashing.xxh3_128().hashBytesTo128Bits(body);
        return new Fingerprint(hash.getMostSignificantBits(), hash.getLeastSignificantBits());
    }
}
