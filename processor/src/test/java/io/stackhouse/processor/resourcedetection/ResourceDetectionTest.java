package io.stackhouse.processor.resourcedetection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.Attributes;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.Dictionary;
import io.stackhouse.pipeline.batch.DictionaryColumns;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.Resource;
import io.stackhouse.pipeline.batch.Scope;
import io.stackhouse.pipeline.batch.SpanBatch;
import io.stackhouse.processor.resourcedetection.ResourceDetectionConfig.Detector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResourceDetectionTest {
    @TempDir
    Path root;

    @Test
    void describesTheHost() throws IOException {
        write("proc/sys/kernel/hostname", "build-7\n");
        write("etc/machine-id", "0123456789abcdef0123456789abcdef\n");
        Attributes found = detect(new HostSource(new Machine(root, "Linux", "x86_64"), Map.of()));
        assertThat(found.toString())
                .isEqualTo("{\"host.name\":\"build-7\",\"host.id\":\"0123456789abcdef0123456789abcdef\","
                        + "\"host.arch\":\"amd64\",\"os.type\":\"linux\"}");
    }

    @Test
    void leavesOutWhatItCannotFindOut() {
        Attributes found = detect(new HostSource(new Machine(root, "Linux", "aarch64"), Map.of("HOSTNAME", "pod-1")));
        assertThat(found.toString())
                .isEqualTo("{\"host.name\":\"pod-1\",\"host.arch\":\"arm64\",\"os.type\":\"linux\"}");
    }

    @Test
    void describesTheOperatingSystem() throws IOException {
        write("etc/os-release", "# a comment\nNAME=\"Debian GNU/Linux\"\nVERSION_ID='12'\nPRETTY_NAME=\"Debian 12\"\n");
        write("proc/sys/kernel/osrelease", "6.1.0-13-amd64\n");
        Attributes found = detect(new OsSource(new Machine(root, "Linux", "amd64")));
        assertThat(found.toString())
                .isEqualTo("{\"os.type\":\"linux\",\"os.name\":\"Debian GNU/Linux\",\"os.version\":\"12\","
                        + "\"os.description\":\"Debian 12, kernel 6.1.0-13-amd64\"}");
    }

    @Test
    void readsTheEnvironment() {
        Attributes found = detect(new EnvironmentSource(Map.of(
                "OTEL_SERVICE_NAME",
                "shop",
                "OTEL_RESOURCE_ATTRIBUTES",
                "service.name=other, deployment.environment.name = prod%2Ceu ,broken,=no,x=50%,y=%zz")));
        assertThat(found.toString())
                .isEqualTo(
                        "{\"service.name\":\"shop\",\"deployment.environment.name\":\"prod,eu\",\"x\":\"50%\",\"y\":\"%zz\"}");
    }

    @Test
    void addsWhatAResourceDoesNotSayItself() {
        SpanBatch spans = spans();
        accept(false, spans);
        assertThat(spans.groups().get(0).resource().attributes().toString())
                .isEqualTo("{\"host.name\":\"its own\",\"host.arch\":\"amd64\"}");
    }

    @Test
    void overridesWhenTold() {
        SpanBatch spans = spans();
        accept(true, spans);
        assertThat(spans.groups().get(0).resource().attributes().toString())
                .isEqualTo("{\"host.name\":\"detected\",\"host.arch\":\"amd64\"}");
    }

    @Test
    void addsToEachResourceOfProfiles() {
        Resource first = new Resource(new Attributes(), "");
        Resource second = new Resource(new Attributes(), "");
        DictionaryColumns columns = new DictionaryColumns(new byte[0], (dictionary, offset, length) -> {
            throw new AssertionError();
        });
        ProfileBatch batch = new ProfileBatch(
                new Dictionary(columns), List.of(first, second), List.of(), new ProfileBatch.SampleColumns(), 0);
        accept(false, batch);
        assertThat(first.attributes().text("host.arch", "")).isEqualTo("amd64");
        assertThat(second.attributes().text("host.arch", "")).isEqualTo("amd64");
    }

    @Test
    void theFactoryDetectsThisMachine() {
        ResourceDetectionFactory factory = new ResourceDetectionFactory();
        SpanBatch batch = new SpanBatch(
                List.of(new SpanBatch.SpanGroup(
                        new Resource(new Attributes(), ""), new Scope("", "", new Attributes(), ""), List.of())),
                0);
        try (var processor = factory.create(factory.defaultConfig(), accepted -> {}, Telemetry.none())) {
            processor.start();
            processor.accept(batch);
        }
        Attributes found = batch.groups().get(0).resource().attributes();
        assertThat(found.text("host.name", "")).isNotEmpty();
        assertThat(found.text("os.type", "")).isNotEmpty();
    }

    @Test
    void refusesAnEmptyListOfDetectors() {
        assertThatThrownBy(() -> new ResourceDetectionConfig(List.of(), false, Duration.ofSeconds(1)))
                .hasMessageStartingWith("detectors ");
        assertThat(new ResourceDetectionFactory().defaultConfig().detectors()).contains(Detector.ENV);
    }

    private static void accept(boolean override, Batch batch) {
        List<Batch> out = new ArrayList<>();
        AttributeSource source = into -> {
            into.put("host.name", "detected");
            into.put("host.arch", "amd64");
        };
        ResourceDetection processor = new ResourceDetection(List.of(source), override, out::add);
        processor.start();
        processor.accept(batch);
        processor.close();
        assertThat(out).containsExactly(batch);
    }

    private static SpanBatch spans() {
        Attributes attributes = new Attributes();
        attributes.put("host.name", "its own");
        Scope scope = new Scope("", "", new Attributes(), "");
        return new SpanBatch(List.of(new SpanBatch.SpanGroup(new Resource(attributes, ""), scope, List.of())), 0);
    }

    private static Attributes detect(AttributeSource source) {
        Attributes found = new Attributes();
        source.detect(found);
        return found;
    }

    private void write(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
