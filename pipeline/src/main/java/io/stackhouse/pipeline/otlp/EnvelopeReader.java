package io.stackhouse.pipeline.otlp;

import io.stackhouse.pipeline.batch.Attributes;
import io.stackhouse.pipeline.batch.Dictionary;
import io.stackhouse.pipeline.batch.Resource;
import io.stackhouse.pipeline.batch.Scope;
import io.stackhouse.pipeline.memory.DecodeMemory;

/** Reads resources and scopes out of their envelopes, once the dictionary is known. One per message, one thread. */
final class EnvelopeReader {
    private static final int RESOURCE_ATTRIBUTES = 1;
    private static final int RESOURCE_ENTITY_REFS = 3;
    private static final int SCOPE_ATTRIBUTES = 3;

    private final Dictionary dictionary;
    private final AnyValueCheck check;
    private final DecodeMemory memory;
    private final WireReader in;

    EnvelopeReader(Dictionary dictionary, AnyValueCheck check, DecodeMemory memory) {
        this.memory = memory;
        this.dictionary = dictionary;
        this.check = check;
        this.in = new WireReader(dictionary.wire());
    }

    /** The resource; without attributes, and with that noted in the envelope, when they can't be followed. */
    Resource resource(RawEnvelope envelope) {
        return new Resource(attributes(envelope, RESOURCE_ATTRIBUTES), envelope.schemaUrl);
    }

    /** The same scope at each call; its envelope says so when its attributes can't be followed. */
    Scope scope(RawEnvelope envelope) {
        Scope known = envelope.scope;
        if (known != null) {
            return known;
        }
        String name = "";
        String version = "";
        for (int i = 0; i < envelope.pieceCount(); i++) {
            envelope.moveToPiece(in, i);
            while (in.hasMore()) {
                int tag = in.tag();
                switch (tag) {
                    case 1 << 3 | 2 -> name = in.text(memory);
                    case 2 << 3 | 2 -> version = in.text(memory);
                    default -> in.skip(tag);
                }
            }
        }
        Attributes attributes = attributes(envelope, SCOPE_ATTRIBUTES);
        Scope scope = new Scope(name, version, attributes, envelope.schemaUrl);
        envelope.scope = scope;
        return scope;
    }

    private Attributes attributes(RawEnvelope envelope, int field) {
        Attributes attributes = new Attributes();
        if (!check.areGoodKeyValues(envelope, field)) {
            envelope.hasBadString = true;
            envelope.badString = check.badString();
            return attributes;
        }
        for (int i = 0; i < envelope.pieceCount(); i++) {
            envelope.moveToPiece(in, i);
            while (in.hasMore()) {
                int tag = in.tag();
                if (tag == (field << 3 | 2)) {
                    AnyValues.readKeyValue(in, dictionary, attributes);
                } else if (field == RESOURCE_ATTRIBUTES && tag == (RESOURCE_ENTITY_REFS << 3 | 2)) {
                    in.skipMessage();
                } else {
                    in.skip(tag);
                }
            }
        }
        return attributes;
    }
}
