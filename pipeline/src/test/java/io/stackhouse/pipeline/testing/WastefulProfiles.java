package io.stackhouse.pipeline.testing;

import static io.stackhouse.pipeline.testing.WireBytes.delimited;
import static io.stackhouse.pipeline.testing.WireBytes.join;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Requests that would take far more memory than their bytes if somebody let them: tables of empty rows, profiles without anything,
 * one-byte values, one-letter strings. Well-formed protobuf, each about as long as asked for. Stateless.
 */
public final class WastefulProfiles {
    private WastefulProfiles() {}

    /** A request and what it is made of. */
    public record Wasteful(String name, byte[] body) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** All of them, each of about {@code bytes} bytes. */
    public static List<Wasteful> all(int bytes) {
        List<Wasteful> all = new ArrayList<>();
        addTables(all, bytes);
        addValues(all, bytes);
        addEnvelopes(all, bytes);
        addSamples(all, bytes);
        return all;
    }

    private static void addTables(List<Wasteful> all, int bytes) {
        String[] tables = {"", "mapping", "location", "function", "link", "string", "attribute", "stack"};
        for (int field = 1; field <= 7; field++) {
            all.add(new Wasteful("empty rows of the " + tables[field] + " table", table(field, bytes, new byte[0])));
        }
        all.add(new Wasteful("one-letter strings", table(5, bytes, text("a"))));
        all.add(new Wasteful("four-letter strings", table(5, bytes, text("abcd"))));
        all.add(new Wasteful("four-letter Greek strings", table(5, bytes, text("αβγδ"))));
        all.add(new Wasteful("locations with an empty line", table(2, bytes, delimited(3, new byte[0]))));
        all.add(new Wasteful("a location of empty lines", table(2, 1, repeated(bytes, delimited(3, new byte[0])))));
        all.add(new Wasteful("a giant stack", table(7, 1, delimited(1, new byte[bytes]))));
        all.add(new Wasteful("stacks of a location", table(7, bytes, delimited(1, new byte[1]))));
        all.add(new Wasteful("unpacked stacks", table(7, 1, repeated(bytes, new byte[] {1 << 3, 0}))));
        all.add(new Wasteful("a mapping of attributes", table(1, 1, delimited(5, new byte[bytes]))));
        all.add(new Wasteful("links with ids of a byte", table(4, bytes, delimited(1, new byte[1]))));
        byte[] numbered = numbered(bytes, i -> delimited(5, text("s" + i)));
        all.add(new Wasteful("a million strings that nobody uses", delimited(2, numbered)));
    }

    private static void addValues(List<Wasteful> all, int bytes) {
        byte[] emptyArray = delimited(2, delimited(5, new byte[0]));
        byte[] emptyMap = delimited(2, delimited(6, new byte[0]));
        all.add(new Wasteful("empty arrays", table(6, bytes, emptyArray)));
        all.add(new Wasteful("empty maps", table(6, bytes, emptyMap)));
        all.add(new Wasteful("numbers", table(6, bytes, delimited(2, new byte[] {3 << 3, 1}))));
        all.add(new Wasteful("one-letter values", table(6, bytes, delimited(2, delimited(1, text("a"))))));
        all.add(new Wasteful("an array of empty values", array(repeated(bytes, delimited(1, new byte[0])))));
        all.add(new Wasteful("an array of numbers", array(repeated(bytes, delimited(1, new byte[] {3 << 3, 1})))));
        all.add(new Wasteful(
                "an array of empty arrays", array(repeated(bytes, delimited(1, delimited(5, new byte[0]))))));
        all.add(new Wasteful(
                "an array of empty maps", array(repeated(bytes, delimited(1, delimited(6, new byte[0]))))));
        all.add(new Wasteful("an array of letters", array(repeated(bytes, delimited(1, delimited(1, text("a")))))));
        byte[] deep = new byte[0];
        for (int i = 0; i < 60; i++) {
            deep = delimited(5, delimited(1, deep));
        }
        all.add(new Wasteful("nested arrays", table(6, bytes, delimited(2, deep))));
        byte[] keys = numbered(6_000, i -> delimited(1, delimited(1, text(Integer.toString(i, 36)))));
        all.add(new Wasteful("maps of a thousand keys", table(6, bytes, delimited(2, delimited(6, keys)))));
        all.add(new Wasteful("an array that comes in empty pieces", table(6, 1, repeated(bytes, emptyArray))));
    }

    private static void addEnvelopes(List<Wasteful> all, int bytes) {
        byte[] profile = delimited(2, new byte[0]);
        byte[] scope = delimited(2, profile);
        all.add(new Wasteful("empty resources", repeated(bytes, delimited(1, new byte[0]))));
        all.add(new Wasteful("empty scopes", delimited(1, repeated(bytes, delimited(2, new byte[0])))));
        all.add(new Wasteful("empty profiles", delimited(1, delimited(2, repeated(bytes, profile)))));
        all.add(new Wasteful("a scope for each empty profile", delimited(1, repeated(bytes, scope))));
        all.add(new Wasteful("a resource for each empty profile", repeated(bytes, delimited(1, scope))));
        byte[] unpaired = delimited(2, join(delimited(4, new byte[] {1, 1}), delimited(5, new byte[8])));
        all.add(new Wasteful("rejected profiles", delimited(1, delimited(2, repeated(bytes, delimited(2, unpaired))))));
        byte[] badResource = delimited(1, join(delimited(1, delimited(1, new byte[] {3 << 3, 9})), scope));
        all.add(new Wasteful("rejected resources", repeated(bytes, badResource)));
        byte[] pieces = repeated(bytes, delimited(1, new byte[] {2 << 3, 0}));
        all.add(new Wasteful("a resource in pieces", delimited(1, join(pieces, scope))));
        byte[] keys = numbered(6_000, i -> delimited(1, delimited(1, text(Integer.toString(i, 36)))));
        all.add(new Wasteful(
                "resources of a thousand keys", repeated(bytes, delimited(1, join(delimited(1, keys), scope)))));
    }

    private static void addSamples(List<Wasteful> all, int bytes) {
        all.add(new Wasteful("empty samples", profile(repeated(bytes, delimited(2, new byte[0])))));
        byte[] minimal = delimited(2, delimited(4, new byte[] {1}));
        all.add(new Wasteful("samples of a value", profile(repeated(bytes, minimal))));
        all.add(new Wasteful("a sample of one-byte values", profile(delimited(2, delimited(4, new byte[bytes])))));
        byte[] unpacked = repeated(bytes, new byte[] {4 << 3, 1});
        all.add(new Wasteful("a sample of unpacked values", profile(delimited(2, unpacked))));
        byte[] timestamps = delimited(5, new byte[bytes & ~7]);
        all.add(new Wasteful("a sample of timestamps", profile(delimited(2, timestamps))));
        all.add(new Wasteful(
                "samples of a timestamp", profile(repeated(bytes, delimited(2, delimited(5, new byte[8]))))));
        int rows = bytes / 9;
        byte[] pairs = join(delimited(4, new byte[rows]), delimited(5, new byte[8 * rows]));
        all.add(new Wasteful("a sample of values and timestamps", profile(delimited(2, pairs))));
        byte[] attributes = join(delimited(2, new byte[bytes]), delimited(4, new byte[1]));
        all.add(new Wasteful("a sample of attributes", profile(delimited(2, attributes))));
        byte[] giant = delimited(2, delimited(7, delimited(1, new byte[bytes / 8])));
        byte[] samples = repeated(bytes, delimited(2, join(new byte[] {1 << 3, 0}, delimited(4, new byte[] {1}))));
        all.add(new Wasteful("a giant stack and many samples", join(giant, profile(samples))));
        byte[] payload = join(delimited(9, text("jfr")), delimited(10, new byte[bytes]));
        all.add(new Wasteful("an original payload", profile(payload)));
        byte[] good = delimited(2, repeated(bytes / 2, minimal));
        byte[] bad = delimited(2, join(repeated(bytes / 2, minimal), delimited(2, new byte[] {1 << 3, 9, 4 << 3, 1})));
        byte[] dictionary = delimited(2, delimited(5, new byte[0]));
        byte[] both = join(dictionary, delimited(1, delimited(2, join(bad, good))));
        all.add(new Wasteful("a rejected profile before another", both));
    }

    private static byte[] table(int field, int bytes, byte[] row) {
        return delimited(2, repeated(bytes, delimited(field, row)));
    }

    /** A dictionary with one attribute, an array. */
    private static byte[] array(byte[] elements) {
        return table(6, 1, delimited(2, delimited(5, elements)));
    }

    /** A request with one profile. */
    private static byte[] profile(byte[] content) {
        return delimited(1, delimited(2, delimited(2, content)));
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** At least once, and until there are so many bytes. */
    private static byte[] repeated(int bytes, byte[] part) {
        return numbered(bytes, i -> part);
    }

    private static byte[] numbered(int bytes, IntFunction<byte[]> part) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes + 16);
        for (int i = 0; i == 0 || out.size() < bytes; i++) {
            out.writeBytes(part.apply(i));
        }
        return out.toByteArray();
    }
}
