package io.stackhouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.opentelemetry.proto.profiles.v1development.Profile;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What async-profiler wrote as OTLP is accepted whole and read back by SQL, value for value. */
class AsyncProfilerIT {
    @TempDir
    Path folder;

    @Test
    void aProfileOfAsyncProfilerIsReadBackValueForValue() throws Exception {
        byte[] body = profileAJavaProgram();
        Profile profile = ExportProfilesServiceRequest.parseFrom(body)
                .getResourceProfiles(0)
                .getScopeProfiles(0)
                .getProfiles(0);
        long samples = profile.getSamplesCount();
        long total = profile.getSamplesList().stream()
                .mapToLong(sample -> sample.getValuesList().stream()
                        .mapToLong(Long::longValue)
                        .sum())
                .sum();
        assertThat(samples).isPositive();
        try (Deployment deployment = Deployment.start(folder.resolve("deployment"))) {
            HttpResponse<byte[]> response = post(deployment.httpEndpoint() + "/v1development/profiles", body);

            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.body()).isEmpty();
            Awaitility.await("the profile in ClickHouse")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> deployment.number("SELECT count() FROM otel_profiles_samples") >= samples);
            assertThat(deployment.sql("SELECT count(), sum(Value) FROM otel_profiles_samples"))
                    .containsExactly(samples + "\t" + total);
            assertThat(deployment.sql("SELECT DISTINCT f FROM otel_profiles_stacks ARRAY JOIN Frames AS f"))
                    .anyMatch(frame -> frame.contains("Burn.compute"));
        }
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

    private static HttpResponse<byte[]> post(String url, byte[] body) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(url))
                                .header("Content-Type", "application/x-protobuf")
                                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofByteArray());
    }
}
