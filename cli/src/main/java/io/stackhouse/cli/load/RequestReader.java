package io.stackhouse.cli.load;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.stackhouse.cli.load.RequestTemplate.Kind;
import io.stackhouse.cli.load.RequestTemplate.Place;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Walks an ExportProfilesServiceRequest (v1development) on the wire, counts what is in it, and finds the places that differ each time it is sent. Field numbers are those of opentelemetry-proto's profiles.proto.
 *
 * <p>The earliest time of the request is taken as the begin of its interval. Ids of traces and spans keep their first bytes. One thread, one use.
 */
final class RequestReader {

    /** What stands for the number of an instance in a resource's attributes. */
    static final String INSTANCE_MARK = "########";

    static final int INSTANCE_DIGITS = 8;

    private static final byte[] MARK = INSTANCE_MARK.getBytes(StandardCharsets.US_ASCII);
    private static final int EIGHT = 8;

    private final byte[] bytes;
    private final CodedInputStream in;
    private final List<Place> places = new ArrayList<>();
    private int samples;
    private int stacks;
    private int frames;
    private int resources;
    private int profiles;
    private int links;
    private long valueSum;
    private int values;
    private int times;

    private RequestReader(byte[] bytes) {
        this.bytes = bytes;
        this.in = CodedInputStream.newInstance(bytes);
    }

    /**
     * Reads a request.
     *
     * @throws IllegalArgumentException when it is no profiles request
     */
    static RequestTemplate read(byte[] request) {
        RequestReader reader = new RequestReader(request);
        try {
            reader.message(reader::requestField);
        } catch (IOException e) {
            throw new IllegalArgumentException("this is no OTLP profiles request: " + e.getMessage(), e);
        }
        return new RequestTemplate(
                request,
                new RequestTemplate.Content(
                        request.length,
                        reader.samples,
                        // Row 0 stands for "no stack", "no link".
                        Math.max(0, reader.stacks - 1),
                        reader.frames,
                        reader.resources,
                        reader.profiles,
                        Math.max(0, reader.links - 1),
                        reader.valueSum),
                reader.sinceBegin());
    }

    @FunctionalInterface
    private interface Field {
        /** Reads the field, or says that it should be skipped. */
        boolean read(int tag) throws IOException;
    }

    private void message(Field fields) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (!fields.read(tag)) {
                in.skipField(tag);
            }
        }
    }

    private boolean nested(Field fields) throws IOException {
        int length = in.readRawVarint32();
        int limit = in.pushLimit(length);
        message(fields);
        in.popLimit(limit);
        return true;
    }

    private static boolean is(int tag, int field, int wireType) {
        return tag == (field << 3 | wireType);
    }

    private static boolean isMessage(int tag, int field) {
        return is(tag, field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    }

    private boolean requestField(int tag) throws IOException {
        if (isMessage(tag, 1)) {
            resources++;
            return nested(this::resourceProfilesField);
        }
        return isMessage(tag, 2) && nested(this::dictionaryField);
    }

    private boolean resourceProfilesField(int tag) throws IOException {
        if (isMessage(tag, 1)) {
            int length = in.readRawVarint32();
            findInstances(in.getTotalBytesRead(), length);
            in.skipRawBytes(length);
            return true;
        }
        return isMessage(tag, 2)
                && nested(scope -> isMessage(scope, 2) && beginProfile() && nested(this::profileField));
    }

    private boolean beginProfile() {
        profiles++;
        return true;
    }

    private boolean profileField(int tag) throws IOException {
        if (isMessage(tag, 2)) {
            return sample();
        }
        if (is(tag, 3, WireFormat.WIRETYPE_FIXED64)) {
            return time();
        }
        if (isMessage(tag, 7)) {
            int length = in.readRawVarint32();
            if (length == ProfileIds.LENGTH) {
                places.add(new Place(Kind.PROFILE_ID, in.getTotalBytesRead(), 0));
            }
            in.skipRawBytes(length);
            return true;
        }
        return false;
    }

    private boolean sample() throws IOException {
        values = 0;
        times = 0;
        nested(this::sampleField);
        samples += Math.max(values, times);
        return true;
    }

    private boolean sampleField(int tag) throws IOException {
        if (isMessage(tag, 4)) {
            int limit = in.pushLimit(in.readRawVarint32());
            while (in.getBytesUntilLimit() > 0) {
                value();
            }
            in.popLimit(limit);
            return true;
        }
        if (is(tag, 4, WireFormat.WIRETYPE_VARINT)) {
            return value();
        }
        if (isMessage(tag, 5)) {
            int limit = in.pushLimit(in.readRawVarint32());
            while (in.getBytesUntilLimit() > 0) {
                times++;
                time();
            }
            in.popLimit(limit);
            return true;
        }
        if (is(tag, 5, WireFormat.WIRETYPE_FIXED64)) {
            times++;
            return time();
        }
        return false;
    }

    private boolean value() throws IOException {
        values++;
        valueSum += in.readInt64();
        return true;
    }

    private boolean time() throws IOException {
        int offset = in.getTotalBytesRead();
        places.add(new Place(Kind.TIME, offset, in.readFixed64()));
        return true;
    }

    private boolean dictionaryField(int tag) throws IOException {
        if (isMessage(tag, 4)) {
            links++;
            return nested(this::linkField);
        }
        if (isMessage(tag, 7)) {
            stacks++;
            return nested(this::stackField);
        }
        return false;
    }

    private boolean linkField(int tag) throws IOException {
        if (isMessage(tag, 1) || isMessage(tag, 2)) {
            int length = in.readRawVarint32();
            int offset = in.getTotalBytesRead() + length - EIGHT;
            if (length >= EIGHT) {
                places.add(new Place(Kind.RANDOM, offset, ByteBuffer.wrap(bytes).getLong(offset)));
            }
            in.skipRawBytes(length);
            return true;
        }
        return false;
    }

    private boolean stackField(int tag) throws IOException {
        if (isMessage(tag, 1)) {
            int limit = in.pushLimit(in.readRawVarint32());
            while (in.getBytesUntilLimit() > 0) {
                in.readInt32();
                frames++;
            }
            in.popLimit(limit);
            return true;
        }
        if (is(tag, 1, WireFormat.WIRETYPE_VARINT)) {
            in.readInt32();
            frames++;
            return true;
        }
        return false;
    }

    private void findInstances(int from, int length) {
        for (int i = from; i + MARK.length <= from + length; i++) {
            int k = 0;
            while (k < MARK.length && bytes[i + k] == MARK[k]) {
                k++;
            }
            if (k == MARK.length) {
                places.add(new Place(Kind.INSTANCE, i, 0));
                i += MARK.length - 1;
            }
        }
    }

    /** The places with times counted from the earliest one that is set. */
    private List<Place> sinceBegin() {
        long begin = places.stream()
                .filter(place -> place.kind() == Kind.TIME && place.value() != 0)
                .mapToLong(Place::value)
                .min()
                .orElse(0);
        List<Place> counted = new ArrayList<>();
        for (Place place : places) {
            if (place.kind() != Kind.TIME) {
                counted.add(place);
            } else if (place.value() != 0) {
                counted.add(new Place(Kind.TIME, place.offset(), place.value() - begin));
            }
        }
        return counted;
    }
}
