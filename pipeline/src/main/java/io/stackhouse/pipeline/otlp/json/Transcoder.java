package io.stackhouse.pipeline.otlp.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import io.stackhouse.pipeline.RejectedException;
import io.stackhouse.pipeline.memory.MemoryLease;
import io.stackhouse.pipeline.otlp.json.FieldShape.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One document on its way to protobuf, without recursion and without a tree. One thread, one document.
 *
 * <p>A field is written where it comes, so two of one name are what protobuf makes of two on the wire: of scalars the last one counts,
 * lists are appended, messages merged. A field that is null is as if it weren't there.
 */
final class Transcoder {
    /** As deep as the binary decoder lets values nest. */
    static final int MAX_VALUE_DEPTH = 64;
    /** A map within a map takes 5: kvlistValue, its values, an element, its value; around the outermost value there are fewer than 12. */
    static final int MAX_JSON_DEPTH = 12 + 5 * (MAX_VALUE_DEPTH + 1);

    private static final int MAX_NAME_CHARS = 50_000;
    private static final int MAX_NUMBER_CHARS = 1_000;

    private static final JsonFactory JSON = new JsonFactoryBuilder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_JSON_DEPTH)
                    .maxNameLength(MAX_NAME_CHARS)
                    .maxNumberLength(MAX_NUMBER_CHARS)
                    // The parser is asked only for strings that stand for a number.
                    .maxStringLength(MAX_NUMBER_CHARS)
                    .build())
            .build();

    private final byte[] json;
    private final int base;
    private final JsonParser in;
    private final ProtobufBuffer out;
    private final ScalarWriter scalars;
    private final List<Frame> frames = new ArrayList<>();
    private int depth;
    private String warning = "";

    /** An object or a list that is being read. Kept for the next one of the same depth. */
    private static final class Frame {
        /** Of an object; null for a list. */
        private @Nullable MessageShape shape;
        /** The object's field that is being read, or what a list is a list of. */
        private @Nullable FieldShape field;
        /** The member of the object's oneof that was set. */
        private @Nullable FieldShape chosen;
        /** Of a list: the element that is being read. */
        private int index;
        /** How many AnyValues are around and at this. */
        private int valueDepth;
        /** Of a packed list: where its tag stands. */
        private int tagPlace;
    }

    /** Checks the document's first bytes and begins to parse it. */
    Transcoder(byte[] json, MemoryLease memory) {
        this.json = json;
        this.base = Document.start(json);
        this.out = new ProtobufBuffer(Math.max(64, json.length / 2), memory);
        try {
            this.in = JSON.createParser(json, base, json.length - base);
        } catch (IOException e) {
            throw new IllegalStateException("bytes in memory can't be read", e);
        }
        this.scalars = new ScalarWriter(in, json, base, out);
    }

    /** What should be told to the client of a request that is otherwise fine; empty when there is nothing. */
    String warning() {
        return warning;
    }

    /** The document as a message of that shape. */
    byte[] transcode(MessageShape shape) {
        try (in) {
            next();
            pushMessage(shape);
            while (depth > 0) {
                Frame top = frames.get(depth - 1);
                if (top.shape == null) {
                    element(top);
                } else {
                    field(top, top.shape);
                }
            }
            if (in.nextToken() != null) {
                throw reject("there is more behind the end of the document");
            }
            return out.toByteArray();
        } catch (JsonProcessingException e) {
            throw malformed(e);
        } catch (IOException e) {
            throw new IllegalStateException("bytes in memory can't be read", e);
        }
    }

    private void field(Frame top, MessageShape shape) throws IOException {
        top.field = null;
        if (next() == JsonToken.END_OBJECT) {
            pop();
            return;
        }
        String name = in.currentName();
        FieldShape field = shape.field(name);
        if (field == null) {
            warnOf(shape, name);
            next();
            in.skipChildren();
            return;
        }
        top.field = field;
        JsonToken token = next();
        if (token == JsonToken.VALUE_NULL) {
            return;
        }
        if (field.inOneof()) {
            choose(top, field);
        }
        if (!field.repeated()) {
            value(field, token);
        } else if (token == JsonToken.START_ARRAY) {
            pushList(field);
        } else {
            throw reject("must be a list");
        }
    }

    private void element(Frame list) throws IOException {
        FieldShape field = list.field;
        JsonToken token = next();
        if (field == null || token == JsonToken.END_ARRAY) {
            popList(list);
            return;
        }
        list.index++;
        if (field.packed()) {
            scalar(field.kind(), token);
        } else {
            value(field, token);
        }
    }

    private void value(FieldShape field, JsonToken token) throws IOException {
        out.varint(field.tag());
        MessageShape shape = field.message();
        if (shape == null) {
            scalar(field.kind(), token);
        } else if (token == JsonToken.START_OBJECT) {
            out.open();
            pushMessage(shape);
        } else {
            throw reject("must be " + Kind.MESSAGE.expected());
        }
    }

    private void scalar(Kind kind, JsonToken token) throws IOException {
        if (!scalars.write(kind, token)) {
            throw reject("must be " + kind.expected());
        }
    }

    private void choose(Frame top, FieldShape field) {
        FieldShape chosen = top.chosen;
        if (chosen != null && chosen.tag() != field.tag()) {
            throw reject("a value is of one kind, and " + chosen.jsonName() + " is there already");
        }
        top.chosen = field;
    }

    private void pushMessage(MessageShape shape) {
        Frame frame = push();
        frame.shape = shape;
        if (shape.nestsWithoutBound() && frame.valueDepth++ > MAX_VALUE_DEPTH) {
            throw reject("an attribute value is nested deeper than " + MAX_VALUE_DEPTH);
        }
    }

    private void pushList(FieldShape field) {
        Frame frame = push();
        frame.field = field;
        frame.index = -1;
        if (field.packed()) {
            frame.tagPlace = out.size();
            out.varint(field.tag());
            out.open();
        }
    }

    private Frame push() {
        int valueDepth = depth == 0 ? 0 : frames.get(depth - 1).valueDepth;
        if (depth == frames.size()) {
            frames.add(new Frame());
        }
        Frame frame = frames.get(depth++);
        frame.shape = null;
        frame.field = null;
        frame.chosen = null;
        frame.valueDepth = valueDepth;
        return frame;
    }

    /** Leaves a message; the request itself, the outermost, has no length. */
    private void pop() {
        depth--;
        if (depth > 0) {
            out.close();
        }
    }

    private void popList(Frame list) {
        depth--;
        if (list.field != null && list.field.packed()) {
            out.close();
            if (list.index < 0) {
                out.truncate(list.tagPlace);
            }
        }
    }

    private void warnOf(MessageShape shape, String name) {
        String right = warning.isEmpty() ? shape.nameForProtobufName(name) : null;
        if (right != null) {
            warning = "OTLP/JSON, " + path() + ": " + name + " was ignored, and others like it, since names are in"
                    + " lowerCamelCase; write " + right;
        }
    }

    private JsonToken next() throws IOException {
        JsonToken token = in.nextToken();
        if (token == null) {
            throw reject("the document ends too early");
        }
        return token;
    }

    private RejectedException reject(String what) {
        return Document.reject(json, base + (int) in.currentTokenLocation().getByteOffset(), path(), what);
    }

    /** The parser's own messages quote the document. */
    private RejectedException malformed(JsonProcessingException cause) {
        String what = "is not JSON at this place or shortly before it";
        if (cause instanceof JsonEOFException) {
            what = "the document ends too early";
        } else if (cause instanceof StreamConstraintsException) {
            what = "is nested deeper than " + MAX_JSON_DEPTH + ", or has a name longer than " + MAX_NAME_CHARS
                    + " or a number longer than " + MAX_NUMBER_CHARS + " characters";
        }
        int offset = base + (int) in.currentLocation().getByteOffset();
        return Document.reject(json, Math.max(0, offset - 1), path(), what);
    }

    /** Where in the document, such as {@code $.resourceSpans[0].scopeSpans}; made of known names alone. */
    private String path() {
        StringBuilder path = new StringBuilder("$");
        for (int i = 0; i < depth; i++) {
            Frame frame = frames.get(i);
            FieldShape field = frame.field;
            if (frame.shape == null) {
                path.append('[').append(Math.max(0, frame.index)).append(']');
            } else if (field != null) {
                path.append('.').append(field.jsonName());
            }
        }
        return path.toString();
    }
}
