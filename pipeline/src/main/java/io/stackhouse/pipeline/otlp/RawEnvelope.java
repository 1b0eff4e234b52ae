package io.stackhouse.pipeline.otlp;

import io.stackhouse.pipeline.batch.Columns.Ints;
import io.stackhouse.pipeline.batch.Scope;
import io.stackhouse.pipeline.memory.DecodeMemory;
import org.jspecify.annotations.Nullable;

/**
 * A ResourceProfiles or ScopeProfiles as it lies in the message: where its Resource or InstrumentationScope is, in one or more
 * pieces that protobuf would merge, and its schema URL. One thread.
 */
final class RawEnvelope {
    /** An envelope, and what becomes of it: a Resource or Scope with its Attributes, and their places in lists. */
    static final int BYTES = 224;

    /** Offset, length, offset, length, … */
    private final Ints pieces;

    String schemaUrl = "";

    /** Whether an attribute points outside the string table, and with which index. */
    boolean hasBadString;

    int badString;

    /** Whether a profile of this scope is of CPU or wall time itself. */
    boolean hasTime;

    /** Once it was read, for one of a ScopeProfiles. */
    @Nullable
    Scope scope;

    RawEnvelope(DecodeMemory memory) {
        this.pieces = new Ints(memory);
    }

    void addPiece(int offset, int length) {
        pieces.add(offset);
        pieces.add(length);
    }

    int pieceCount() {
        return pieces.size() / 2;
    }

    void moveToPiece(WireReader in, int piece) {
        in.moveTo(pieces.get(2 * piece), pieces.get(2 * piece + 1));
    }
}
