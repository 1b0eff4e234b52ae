package io.stackhouse.pipeline.otlp;

import io.stackhouse.pipeline.batch.Dictionary;
import io.stackhouse.pipeline.batch.DictionaryColumns;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.memory.MemoryLease;

/**
 * opentelemetry.proto.collector.profiles.v1development, development version 1 (opentelemetry-proto 1.9 to 1.11).
 *
 * <p>One pass over the bytes fills the columns; a pass over the columns then leaves out profiles that point outside the tables.
 */
final class ProfilesDecoderV1 implements ProfilesDecoder {
    @Override
    public Decoded decode(byte[] body, long receivedUnixNanos, MemoryLease memory) {
        WireReader in = new WireReader(body);
        DictionaryColumns columns = new DictionaryColumns(body, AnyValues::read);
        DictionaryDecoder dictionaryDecoder = new DictionaryDecoder(in, columns);
        ResourceProfilesDecoder resources = new ResourceProfilesDecoder(in);
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
            } else {
                in.skip(tag);
            }
        }
        dictionaryDecoder.finish();
        Dictionary dictionary = new Dictionary(columns);
        DictionaryCheck check = new DictionaryCheck(body, columns, dictionary);
        ProfileAssembly assembly = new ProfileAssembly(resources, dictionary, check);
        ProfileBatch batch = assembly.assemble(receivedUnixNanos);
        return new Decoded(batch, assembly.rejectedProfiles(), assembly.message());
    }
}
