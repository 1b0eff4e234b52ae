package io.stackhouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.profiles.v1development.Profile;
import io.opentelemetry.proto.profiles.v1development.ProfilesDictionary;
import io.opentelemetry.proto.profiles.v1development.Sample;
import io.stackhouse.pipeline.identity.GeneratedNames;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What async-profiler wrote as OTLP, posted with curl, is accepted whole and read back by SQL, sample for sample. */
class AsyncProfilerIT {
    private static final String PROTOBUF = "Content-Type: application/x-protobuf";

    @TempDir
    Path folder;

    @Test
    void aProfileOfAsyncProfilerPostedWithCurlIsReadBackSampleForSample() throws Exception {
        byte[] fresh = profileAJavaProgram();
        Curl curl = new Curl(folder);
        try (Deployment deployment = Deployment.start(folder.resolve("deployment"))) {
            accept(deployment, "", fresh, curl.post(url(deployment), fresh, "--http1.1", "--header", PROTOBUF));
            byte[] second = withService(fresh, "gzip");
            accept(deployment, "gzip", second, postGzip(curl, deployment, second, "--http1.1"));
            byte[] zstd = withService(fresh, "zstd");
            accept(
                    deployment,
                    "zstd",
                    zstd,
                    curl.post(
                            url(deployment),
                            Zstd.compress(zstd),
                            "--http1.1",
                            "--header",
                            PROTOBUF,
                            "--header",
                            "Content-Encoding: zstd"));
            byte[] third = withService(fresh, "http2");
            accept(deployment, "http2", third, postGzip(curl, deployment, third, "--http2-prior-knowledge"));
            assertThat(deployment.sql("SELECT DISTINCT f FROM otel_profiles_stacks ARRAY JOIN Frames AS f"))
                    .anyMatch(frame -> frame.contains("Burn.compute"));
        }
    }

    private static String url(Deployment deployment) {
        return deployment.httpEndpoint() + "/v1development/profiles";
    }

    private static Curl.Answer postGzip(Curl curl, Deployment deployment, byte[] body, String version)
            throws Exception {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(body);
        }
        return curl.post(
                url(deployment),
                packed.toByteArray(),
                version,
                "--header",
                PROTOBUF,
                "--header",
                "Content-Encoding: gzip");
    }

    /** The request was taken whole, and each of its samples is stored as protobuf-java reads it. */
    private static void accept(Deployment deployment, String service, byte[] body, Curl.Answer answer)
            throws Exception {
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.contentType()).isEqualTo("application/x-protobuf");
        assertThat(answer.body()).isEmpty();
        List<String> expected = samples(ExportProfilesServiceRequest.parseFrom(body));
        assertThat(expected).isNotEmpty();
        String where = service.isEmpty()
                ? " WHERE ServiceName NOT IN ('gzip', 'zstd', 'http2')"
                : " WHERE ServiceName = '" + service + "'";
        Awaitility.await("the profile in ClickHouse")
                .atMost(Duration.ofSeconds(60))
                .until(() -> deployment.number("SELECT count() FROM otel_profiles_samples" + where) >= expected.size());
        List<String> stored = deployment
                .sql("SELECT Value, ThreadName, arrayStringConcat(Frames, ' < ') FROM otel_profiles_frames" + where)
                .stream()
                .map(AsyncProfilerIT::normalized)
                .sorted()
                .toList();
        assertThat(stored).as("samples of '%s'", service).isEqualTo(expected);
    }

    /** Time, thread and frames of each sample by protobuf-java, sorted. */
    private static List<String> samples(ExportProfilesServiceRequest request) {
        ProfilesDictionary dictionary = request.getDictionary();
        List<String> samples = new ArrayList<>();
        for (Profile profile :
                request.getResourceProfiles(0).getScopeProfiles(0).getProfilesList()) {
            for (Sample sample : profile.getSamplesList()) {
                String thread = sample.getAttributeIndicesList().stream()
                        .map(dictionary::getAttributeTable)
                        .filter(attribute -> dictionary
                                .getStringTable(attribute.getKeyStrindex())
                                .equals("thread.name"))
                        .map(attribute -> attribute.getValue().getStringValue())
                        .findFirst()
                        .orElse("");
                String frames = dictionary.getStackTable(sample.getStackIndex()).getLocationIndicesList().stream()
                        .flatMap(location -> dictionary.getLocationTable(location).getLinesList().stream())
                        .map(line -> dictionary.getStringTable(dictionary
                                .getFunctionTable(line.getFunctionIndex())
                                .getNameStrindex()))
                        .collect(Collectors.joining(" < "));
                // Counts of a clock are kept as its time.
                for (long count : sample.getValuesList()) {
                    samples.add(normalized(count * profile.getPeriod() + "\t" + thread + "\t" + frames));
                }
            }
        }
        return samples.stream().sorted().toList();
    }

    /** Stacks that differ in numbers of generated classes alone are one stack in the store. */
    private static String normalized(String sample) {
        return Arrays.stream(sample.split(" < "))
                .map(GeneratedNames::normalized)
                .collect(Collectors.joining(" < "));
    }

    /** The same profile as if it came of a service, so that it isn't taken for the same request sent again. */
    private static byte[] withService(byte[] body, String service) throws Exception {
        ExportProfilesServiceRequest.Builder request = ExportProfilesServiceRequest.parseFrom(body).toBuilder();
        request.getResourceProfilesBuilder(0)
                .getResourceBuilder()
                .addAttributes(KeyValue.newBuilder()
                        .setKey("service.name")
                        .setValue(AnyValue.newBuilder().setStringValue(service)));
        return request.build().toByteArray();
    }

    private byte[] profileAJavaProgram() throws Exception {
        Path library = folder.resolve("libasyncProfiler.so");
        String resource =
                "linux-" + (System.getProperty("os.arch").equals("aarch64") ? "arm64" : "x64") + "/libasyncProfiler.so";
        try (InputStream in = AsyncProfilerIT.class.getClassLoader().getResourceAsStream(resource)) {
            assertThat(in).as(resource).isNotNull();
            Files.copy(in, library);
        }
        Path output = folder.resolve("cpu.otlp");
        Path program = ProjectFiles.root().resolve("integration-tests/src/test/java-programs/Burn.java");
        Process java = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-agentpath:" + library + "=start,event=itimer,otlp,file=" + output,
                        program.toString(),
                        "3000")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("java.log").toFile())
                .start();
        java.getOutputStream().close();
        assertThat(java.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(output).as(() -> "the profile").exists();
        return Files.readAllBytes(output);
    }
}
