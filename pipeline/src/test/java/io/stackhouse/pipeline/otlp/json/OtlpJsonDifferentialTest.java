package io.stackhouse.pipeline.otlp.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.Message;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.memory.MemoryLease;
import io.stackhouse.pipeline.testing.Corpus;
import io.stackhouse.pipeline.testing.RandomProfiles;
import io.stackhouse.pipeline.testing.RandomTraces;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A message, printed as JSON by other code and transcoded, is the same message to protobuf-java. */
class OtlpJsonDifferentialTest {
    private static final int SEEDS = Integer.getInteger("stackhouse.test.seeds", 1_000);

    @Test
    void realProfilesSurviveJson() throws Exception {
        for (Corpus.Payload payload : Corpus.profiles()) {
            // Fields of other versions have no names in JSON.
            Message request = DiscardUnknownFieldsParser.wrap(ExportProfilesServiceRequest.parser())
                    .parseFrom(payload.message());
            assertSame(Signal.PROFILES, request, new Random(payload.message().length), payload.name());
        }
    }

    @Test
    void randomProfilesSurviveJson() throws Exception {
        for (long seed = 0; seed < SEEDS; seed++) {
            assertSame(Signal.PROFILES, new RandomProfiles(seed).request(), new Random(seed), "seed " + seed);
        }
    }

    @Test
    void randomTracesSurviveJson() throws Exception {
        for (long seed = 0; seed < SEEDS; seed++) {
            assertSame(Signal.TRACES, new RandomTraces(seed).request(), new Random(seed), "seed " + seed);
        }
    }

    private static void assertSame(Signal signal, Message request, Random random, String name) throws Exception {
        byte[] json = JsonPrinter.print(request, random);
        MemoryLease memory = MemoryLease.counting();

        OtlpJson.Transcoded transcoded = OtlpJson.toProtobuf(signal, 1, json, memory);

        Message read = signal == Signal.PROFILES
                ? ExportProfilesServiceRequest.parseFrom(transcoded.protobuf())
                : ExportTraceServiceRequest.parseFrom(transcoded.protobuf());
        assertThat(read).as(name).isEqualTo(request);
        assertThat(transcoded.warning()).as(name).isEmpty();
        assertThat(memory.bytes()).as(name).isEqualTo(transcoded.protobuf().length);
    }
}
