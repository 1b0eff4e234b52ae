package io.stackhouse.pipeline.otlp.json;

import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.memory.MemoryLease;
import io.stackhouse.pipeline.testing.BenchmarkPayloads;
import io.stackhouse.pipeline.testing.BenchmarkRatios;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
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
 * JSON to protobuf bytes: our transcoder beside protobuf-java-util's JsonFormat, which knows no hexadecimal ids and so reads the same
 * document with base64 ones. scripts/benchmark.sh starts it.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 2,
        jvmArgsAppend = {"-Xms1g", "-Xmx1g"})
public class JsonBenchmark {
    private static final Pattern ID = Pattern.compile("(\"(?:traceId|spanId)\":\")([^\"]*)");

    @Param({})
    public String payload = "";

    private byte[] json = new byte[0];
    private byte[] jsonOfBase64 = new byte[0];

    public static void main(String[] args) throws Exception {
        CommandLineOptions given = new CommandLineOptions(args);
        OptionsBuilder options = new OptionsBuilder();
        options.parent(given)
                .include(JsonBenchmark.class.getName())
                .shouldFailOnError(true)
                .addProfiler(GCProfiler.class);
        if (!given.getParameter("payload").hasValue()) {
            options.param("payload", BenchmarkPayloads.names().toArray(String[]::new));
        }
        var results = new Runner(options.build()).run();
        new BenchmarkRatios(results, "payload").print("jsonFormat", "transcode");
    }

    /** Prints the payload as JSON, and makes sure that both sides read the same. */
    @Setup
    public void setUp() throws IOException {
        ExportProfilesServiceRequest request = DiscardUnknownFieldsParser.wrap(ExportProfilesServiceRequest.parser())
                .parseFrom(BenchmarkPayloads.named(payload));
        String text = JsonFormat.printer()
                .omittingInsignificantWhitespace()
                .printingEnumsAsInts()
                .print(request);
        jsonOfBase64 = text.getBytes(StandardCharsets.UTF_8);
        json = ID.matcher(text)
                .replaceAll(id -> id.group(1)
                        + HexFormat.of().formatHex(Base64.getDecoder().decode(id.group(2))))
                .getBytes(StandardCharsets.UTF_8);
        if (!ExportProfilesServiceRequest.parseFrom(transcode()).equals(request)
                || !ExportProfilesServiceRequest.parseFrom(jsonFormat()).equals(request)) {
            throw new IllegalStateException("the readings of " + payload + " differ");
        }
        System.out.println("# " + payload + ": " + json.length + " bytes of JSON, " + request.getSerializedSize()
                + " bytes of protobuf");
    }

    @Benchmark
    public byte[] transcode() {
        return OtlpJson.toProtobuf(Signal.PROFILES, 1, json, MemoryLease.counting())
                .protobuf();
    }

    @Benchmark
    public byte[] jsonFormat() throws InvalidProtocolBufferException {
        ExportProfilesServiceRequest.Builder request = ExportProfilesServiceRequest.newBuilder();
        JsonFormat.parser().ignoringUnknownFields().merge(new String(jsonOfBase64, StandardCharsets.UTF_8), request);
        return request.build().toByteArray();
    }
}
