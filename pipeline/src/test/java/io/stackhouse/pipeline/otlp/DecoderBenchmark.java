package io.stackhouse.pipeline.otlp;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.opentelemetry.proto.profiles.v1development.Profile;
import io.opentelemetry.proto.profiles.v1development.ProfilesDictionary;
import io.opentelemetry.proto.profiles.v1development.ResourceProfiles;
import io.opentelemetry.proto.profiles.v1development.Sample;
import io.opentelemetry.proto.profiles.v1development.ScopeProfiles;
import io.stackhouse.pipeline.batch.Dictionary;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.memory.MemoryLease;
import io.stackhouse.pipeline.testing.BenchmarkPayloads;
import io.stackhouse.pipeline.testing.BenchmarkRatios;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Our decoder beside protobuf-java: each alone, and with one walk over all samples after it.
 *
 * <p>Ours also checks every index that protobuf-java leaves to its caller; protobuf-java also makes Strings, which ours leaves
 * to the first use. The collector they run in has the serial garbage collector, and so has this. scripts/benchmark.sh starts it.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 2,
        jvmArgsAppend = {"-Xms1g", "-Xmx1g", "-XX:+UseSerialGC"})
public class DecoderBenchmark {
    @Param({})
    public String payload = "";

    private final ProfilesDecoder decoder = ProfilesDecoder.forVersion(1);
    private byte[] body = new byte[0];

    public static void main(String[] args) throws Exception {
        CommandLineOptions given = new CommandLineOptions(args);
        OptionsBuilder options = new OptionsBuilder();
        options.parent(given).shouldFailOnError(true).addProfiler(GCProfiler.class);
        if (given.getIncludes().isEmpty()) {
            options.include(DecoderBenchmark.class.getName());
        }
        if (!given.getParameter("payload").hasValue()) {
            options.param("payload", BenchmarkPayloads.names().toArray(String[]::new));
        }
        var results = new Runner(options.build()).run();
        BenchmarkRatios ratios = new BenchmarkRatios(results, "payload");
        ratios.print("parse", "decode");
        ratios.print("parseAndWalk", "decodeAndWalk");
    }

    /** Reads or makes the payload, and makes sure that both sides see the same in it. */
    @Setup
    public void setUp() throws IOException {
        body = BenchmarkPayloads.named(payload);
        ProfileBatch ours = decode();
        long samples = 0;
        for (ResourceProfiles resource : parse().getResourceProfilesList()) {
            for (ScopeProfiles scope : resource.getScopeProfilesList()) {
                for (Profile profile : scope.getProfilesList()) {
                    samples += profile.getSamplesCount();
                }
            }
        }
        if (ours.sampleCount() != samples) {
            throw new IllegalStateException(
                    "ours has " + ours.sampleCount() + " samples, protobuf-java's reading " + samples);
        }
    }

    @Benchmark
    public ProfileBatch decode() {
        return decoder.decode(body, 0, MemoryLease.counting()).batch();
    }

    @Benchmark
    public ExportProfilesServiceRequest parse() throws InvalidProtocolBufferException {
        return ExportProfilesServiceRequest.parseFrom(body);
    }

    @Benchmark
    public long decodeAndWalk() {
        ProfileBatch batch = decode();
        Dictionary dictionary = batch.dictionary();
        long sum = 0;
        for (int sample = 0; sample < batch.sampleCount(); sample++) {
            int stack = batch.sampleStack(sample);
            sum += dictionary.stackEnd(stack) - dictionary.stackStart(stack);
            sum += batch.sampleLink(sample);
            for (int i = batch.sampleAttributeStart(sample); i < batch.sampleAttributeEnd(sample); i++) {
                sum += batch.sampleAttribute(i);
            }
        }
        for (int row = 0; row < batch.rowCount(); row++) {
            sum += batch.rowValue(row) + batch.rowTimestampUnixNanos(row);
        }
        return sum;
    }

    @Benchmark
    public long parseAndWalk() throws InvalidProtocolBufferException {
        ExportProfilesServiceRequest request = parse();
        ProfilesDictionary dictionary = request.getDictionary();
        long sum = 0;
        for (ResourceProfiles resource : request.getResourceProfilesList()) {
            for (ScopeProfiles scope : resource.getScopeProfilesList()) {
                for (Profile profile : scope.getProfilesList()) {
                    for (int i = 0; i < profile.getSamplesCount(); i++) {
                        sum += walk(profile.getSamples(i), dictionary);
                    }
                }
            }
        }
        return sum;
    }

    private static long walk(Sample sample, ProfilesDictionary dictionary) {
        long sum = dictionary.getStackTable(sample.getStackIndex()).getLocationIndicesCount();
        sum += sample.getLinkIndex();
        for (int i = 0; i < sample.getAttributeIndicesCount(); i++) {
            sum += sample.getAttributeIndices(i);
        }
        for (int i = 0; i < sample.getValuesCount(); i++) {
            sum += sample.getValues(i);
        }
        for (int i = 0; i < sample.getTimestampsUnixNanoCount(); i++) {
            sum += sample.getTimestampsUnixNano(i);
        }
        return sum;
    }
}
