package io.stackhouse.pipeline.otlp;

import io.stackhouse.pipeline.memory.DecodeMemory;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/**
 * Walks the wire of a trace request before protobuf-java makes objects of it: takes the memory that they will need, and finds
 * what only profiles may hold. Iterative; one use, one thread.
 *
 * <p>An empty Span is 2 bytes on the wire and more than 100 as an object, so that a body alone doesn't bound what it becomes.
 * Garbage that parsing leaves behind isn't counted.
 */
final class TraceWalk {
    /** Messages inside one another; protobuf-java reads no more either. An array or map in an attribute is two. */
    static final int MAX_DEPTH = 100;

    private static final int LIST_BYTES = 80;
    /** A reference in a list that grew by half, and in the array that it was copied from. */
    private static final int LIST_ELEMENT_BYTES = 10;

    private static final int BYTE_STRING_BYTES = 48;
    private static final int BOXED_BYTES = 24;

    private final byte[] body;
    private final WireReader in;
    private final DecodeMemory memory;
    private final TraceMessage[] types = new TraceMessage[MAX_DEPTH + 1];
    private final int[] outerLimits = new int[MAX_DEPTH + 1];
    /** Whether it is, or is in, a resource or scope, whose attributes are converted. */
    private final boolean[] isConverted = new boolean[MAX_DEPTH + 1];
    /** A bit for each list that the message has begun. */
    private final int[] seenLists = new int[MAX_DEPTH + 1];

    private final boolean isMending;
    private int depth;
    private int stringIndices;

    private TraceWalk(byte[] body, DecodeMemory memory, boolean isMending) {
        this.body = body;
        this.in = new WireReader(body);
        this.memory = memory;
        this.isMending = isMending;
    }

    /**
     * Takes the memory of all objects.
     *
     * @return how many strings are given as an index into a table that trace requests don't have
     * @throws io.stackhouse.pipeline.RejectedException when the bytes are malformed, too deeply nested, or would take too much
     */
    static int takeMemory(byte[] body, DecodeMemory memory) {
        TraceWalk walk = new TraceWalk(body, memory, false);
        walk.walk();
        return walk.stringIndices;
    }

    /** Puts '?' in place of every byte of text that is no UTF-8, in place. */
    static void mendTexts(byte[] body) {
        new TraceWalk(body, DecodeMemory.unbounded(), true).walk();
    }

    private void walk() {
        types[0] = TraceMessage.REQUEST;
        memory.take(TraceMessage.REQUEST.objectBytes);
        while (true) {
            if (in.hasMore()) {
                field(in.tag());
            } else if (depth > 0) {
                in.leave(outerLimits[depth--]);
            } else {
                return;
            }
        }
    }

    private void field(int tag) {
        int field = tag >>> 3;
        TraceMessage type = types[depth];
        if ((tag & 7) != WireReader.LENGTH_DELIMITED) {
            scalar(type, tag);
            return;
        }
        TraceMessage message = type.message(field);
        if (message != null) {
            begin(message, field);
        } else if (type.isText(field)) {
            text(type, field);
        } else if (type.isBytes(field)) {
            int start = in.skipDelimited();
            long bytes = (long) BYTE_STRING_BYTES + in.position() - start;
            memory.take(isConverted[depth] ? 2 * bytes : bytes);
        } else {
            in.skip(tag);
        }
    }

    private void begin(TraceMessage message, int field) {
        if (depth == MAX_DEPTH) {
            throw in.malformed("messages nested deeper than " + MAX_DEPTH);
        }
        takeElement(types[depth], field);
        int outerLimit = in.enter();
        boolean isInConverted = isConverted[depth];
        depth++;
        types[depth] = message;
        outerLimits[depth] = outerLimit;
        seenLists[depth] = 0;
        isConverted[depth] = isInConverted || message == TraceMessage.RESOURCE || message == TraceMessage.SCOPE;
        memory.take(message.objectBytes + (isConverted[depth] ? message.convertedBytes : 0));
    }

    private void text(TraceMessage type, int field) {
        int start = in.skipDelimited();
        takeElement(type, field);
        memory.take(DecodeMemory.stringBytes(in.position() - start));
        if (isMending) {
            mend(start, in.position());
        }
    }

    private void takeElement(TraceMessage type, int field) {
        if (!type.isList(field)) {
            return;
        }
        boolean isFirst = (seenLists[depth] >> field & 1) == 0;
        seenLists[depth] |= 1 << field;
        memory.take(isFirst ? LIST_BYTES + LIST_ELEMENT_BYTES : LIST_ELEMENT_BYTES);
    }

    private void scalar(TraceMessage type, int tag) {
        if (type == TraceMessage.ANY_VALUE) {
            memory.take(BOXED_BYTES);
        }
        boolean isStringIndex =
                (type == TraceMessage.KEY_VALUE && tag == 3 << 3) || (type == TraceMessage.ANY_VALUE && tag == 8 << 3);
        if (isStringIndex) {
            stringIndices++;
        }
        in.skip(tag);
    }

    private void mend(int from, int to) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        CharBuffer ignored = CharBuffer.allocate(256);
        ByteBuffer text = ByteBuffer.wrap(body, from, to - from);
        CoderResult result;
        do {
            result = decoder.decode(text, ignored.clear(), true);
            for (int i = result.isError() ? result.length() : 0; i > 0; i--) {
                text.put((byte) '?');
            }
        } while (!result.isUnderflow());
    }
}
