package io.stackhouse.pipeline.log;

import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hasher128;
import com.dynatrace.hash4j.hashing.Hashing;
import io.stackhouse.pipeline.Request;

/**
 * What a request is known by when it is sent again: 128-bit XXH3 of its uncompressed body, seeded with what else makes it the same:
 * tenant and signal. Equal bytes of two tenants are two requests.
 */
record Fingerprint(long high, long low) {
    static Fingerprint of(Request request) {
        long seed = Hashing.xxh3_64(RecordHeader.code(request.signal())).hashCharsToLong(request.tenant());
        Hasher128 hasher = Hashing.xxh3_128(seed);
        HashValue128 hash = hasher.hashBytesTo128Bits(request.body());
        return new Fingerprint(hash.getMostSignificantBits(), hash.getLeastSignificantBits());
    }
}
