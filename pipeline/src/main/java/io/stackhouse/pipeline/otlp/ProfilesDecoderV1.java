package io.stackhouse.pipeline.otlp;

import io.stackhouse.pipeline.batch.ColumnArrays;
import io.stackhouse.pipeline.batch.Dictionary;
import io.stackhouse.pipeline.batch.DictionaryColumns;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.memory.DecodeMemory;
import io.stackhouse.pipeline.memory.MemoryLease;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * opentelemetry.proto.collector.profiles.v1development, development version 1 (opentelemetry-proto 1.9 to 1.11).
 *
 * <p>One pass over the bytes fills the columns; a pass over the columns then leaves out profiles that point outside the tables.
 */
final class ProfilesDecoderV1 implements ProfilesDecoder {
    /** The objects that there are once per message: readers, and columns without their arrays. */
    private static final int OWN_BYTES = 6144;

    /** So many sets of arrays are kept for the next messages, and of so many bytes each, at most. */
    private static final int MAX_IDLE = 4;

    private static final long MAX_KEPT_BYTES = 12 << 20;

    private final BlockingQueue<ColumnArrays> idle = new ArrayBlockingQueue<>(MAX_IDLE);

    @Override
    public Decoded decode(byte[] body, long receivedUnixNanos, MemoryLease memory) {
        DecodeMemory held = DecodeMemory.of(memory, body.length);
        held.take(OWN_BYTES);
        ColumnArrays arrays = idle.poll();
        if (arrays == null) {
            arrays = new ColumnArrays();
        }
        arrays.restart();
        try {
            return decode(body, receivedUnixNanos, held, arrays);
        } finally {
            // All columns are packed by now, or gone with an exception.
            if (arrays.keptBytes() <= MAX_KEPT_BYTES) {
                boolean unused = idle.offer(arrays);
            }
        }
    }

    private static Decoded decode(byte[] body, long receivedUnixNanos, DecodeMemory held, ColumnArrays arrays) {
        WireReader in = new WireReader(body);
        DictionaryColumns columns = new DictionaryColumns(body, AnyValues::read, held, arrays);
        DictionaryDecoder dictionaryDecoder = new DictionaryDecoder(in, columns, held);
        ResourceProfilesDecoder resources = new ResourceProfilesDecoder(in, held, arrays);
        boolean hasDictionary = false;
        while (in.hasMore()) {
            int tag = in.tag();
            if (tag == (1 << 3 | 2)) {
                int outer = in.enter();
                resources.read();
                in.leave(outer);
            } else if (tag == (2 << 3 | 2)) {
                int outer = in.enter();
                dictionaryDecoder.read();
                in.leave(outer);
                hasDictionary = true;
            } else {
                in.skip(tag);
            }
        }
        dictionaryDecoder.finish();
        ProfileWarnings warnings = new ProfileWarnings();
        Dictionary dictionary = new Dictionary(columns);
        AnyValueCheck values = new AnyValueCheck(body, dictionary.stringCount(), held);
        DictionaryCheck check =
                new DictionaryCheck(columns, dictionary, values, dictionaryDecoder.badLinks(), held, warnings);
        EnvelopeReader envelopes = new EnvelopeReader(dictionary, values, held);
        ProfileCheck profileCheck = new ProfileCheck(resources, dictionary, check, envelopes, hasDictionary);
        ProfileAssembly assembly = new ProfileAssembly(resources, dictionary, envelopes, profileCheck, held, warnings);
        ProfileBatch batch = assembly.assemble(receivedUnixNanos);
        columns.pack();
        warnings.add(ProfileWarnings.Kind.KEY_GIVEN_TWICE, values.keysGivenTwice());
        return new Decoded(batch, assembly.rejectedProfiles(), assembly.message(), warnings);
    }
}
