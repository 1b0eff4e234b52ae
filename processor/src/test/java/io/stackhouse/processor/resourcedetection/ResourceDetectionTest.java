package io.stackhouse.processor.resourcedetection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.AttributeValue;
import io.stackhouse.pipeline.batch.Attributes;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.Dictionary;
import io.stackhouse.pipeline.batch.DictionaryColumns;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.Resource;
import io.stackhouse.pipeline.batch.Scope;
import io.stackhouse.pipeline.batch.SpanBatch;
import io.stackhouse.processor.resourcedetection.ResourceDetectionConfig.Detector;
import io.stackhouse.processor.testing.Contract;
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
    private static final String ID = "0a1b2c3d".repeat(8);

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
        assertThatThrownBy(() -> new ResourceDetectionConfig(
                        List.of(), false, Duration.ofSeconds(1), null, null, null, null, null, null))
                .hasMessageStartingWith("detectors ");
        assertThat(new ResourceDetectionFactory().defaultConfig().detectors()).contains(Detector.ENV);
    }

    @Test
    void keepsTheContractOfProcessors() {
        Contract.check(new ResourceDetectionFactory(), new ResourceDetectionFactory().defaultConfig());
    }

    @Test
    void describesItsOwnProcess() {
        Attributes found = detect(new ProcessSource());
        assertThat(found.get("process.pid"))
                .isEqualTo(AttributeValue.of(ProcessHandle.current().pid()));
        assertThat(found.text("process.executable.path", "")).endsWith("/" + found.text("process.executable.name", ""));
        assertThat(found.text("process.runtime.version", ""))
                .startsWith(System.getProperty("java.specification.version"));
    }

    @Test
    void findsTheContainerInTheCgroupsName() throws IOException {
        write("proc/self/cgroup", "12:cpuset:/kubepods/burstable/pod7/" + ID + "\n11:memory:/x\n");
        assertThat(container()).isEqualTo(ID);
        write("proc/self/cgroup", "1:name=systemd:/system.slice/docker-" + ID + ".scope\n");
        assertThat(container()).isEqualTo(ID);
    }

    @Test
    void findsTheContainerInTheMountsWhenTheCgroupSaysNothing() throws IOException {
        write("proc/self/cgroup", "0::/\n");
        write(
                "proc/self/mountinfo",
                "618 607 0:50 / / rw - overlay overlay rw,lowerdir=/var/lib/docker/overlay2/" + "c".repeat(64)
                        + "/diff\n" + "641 618 8:1 /var/lib/docker/containers/" + ID
                        + "/hostname /etc/hostname rw - ext4 /dev/sda1\n");
        assertThat(container()).isEqualTo(ID);
    }

    @Test
    void outsideOfAContainerThereIsNoId() throws IOException {
        write("proc/self/cgroup", "0::/user.slice/user-1000.slice/session-2.scope\n");
        assertThat(container()).isEmpty();
    }

    private String container() {
        return detect(new ContainerSource(new Machine(root, "Linux", "amd64"))).text("container.id", "");
    }

    @Test
    void readsThePodsEnvironment() throws IOException {
        Map<String, String> environment = Map.of(
                "K8S_NODE_NAME", "node-1",
                "POD_NAME", "shop-1",
                "KUBE_NODE_NAME", "other",
                "OTEL_RESOURCE_ATTRIBUTES_POD_UID", "u-1");
        Machine machine = new Machine(root, "Linux", "amd64");
        write("var/run/secrets/kubernetes.io/serviceaccount/namespace", "prod");
        assertThat(detect(new KubernetesSource(environment, machine)).toString())
                .isEqualTo("{\"k8s.node.name\":\"node-1\",\"k8s.pod.name\":\"shop-1\",\"k8s.pod.uid\":\"u-1\","
                        + "\"k8s.namespace.name\":\"prod\"}");
    }

    @Test
    void attributesCanBeSwitchedOffAndOn() {
        DetectorConfig process = new DetectorConfig(
                Map.of(
                        "process.pid", new DetectorConfig.Toggle(false),
                        "process.command_line", new DetectorConfig.Toggle(true)),
                null);
        ResourceDetectionConfig config = new ResourceDetectionConfig(
                List.of(Detector.PROCESS), false, Duration.ofSeconds(1), null, null, null, process, null, null);
        assertThat(config.isWanted(Detector.PROCESS, "process.pid")).isFalse();
        assertThat(config.isWanted(Detector.PROCESS, "process.command_line")).isTrue();
        assertThat(config.isWanted(Detector.PROCESS, "process.owner")).isTrue();
        ResourceDetectionConfig plain = new ResourceDetectionFactory().defaultConfig();
        assertThat(plain.isWanted(Detector.PROCESS, "process.command_line"))
                .as("it may hold secrets")
                .isFalse();
        Attributes found =
                detect(new WantedAttributes(new ProcessSource(), key -> config.isWanted(Detector.PROCESS, key)));
        assertThat(found.contains("process.pid")).isFalse();
    }

    @Test
    void refusesAttributesThatADetectorDoesNotKnow() {
        DetectorConfig wrong = new DetectorConfig(Map.of("host.nam", new DetectorConfig.Toggle(true)), null);
        assertThatThrownBy(() -> new ResourceDetectionConfig(
                        List.of(Detector.SYSTEM), false, Duration.ofSeconds(1), wrong, null, null, null, null, null))
                .hasMessage("system: resource_attributes can't have host.nam;"
                        + " allowed: host.name, host.id, host.arch, os.type");
    }

    private static void accept(boolean override, Batch batch) {
        List<Batch> out = new ArrayList<>();
        AttributeSource source = into -> {
            into.put("host.name", "detected");
            into.put("host.arch", "amd64");
        };
        ResourceDetection processor = new ResourceDetection(List.of(source), override, out::add, Telemetry.none());
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
