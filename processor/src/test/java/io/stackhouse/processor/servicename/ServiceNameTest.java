package io.stackhouse.processor.servicename;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.AttributeValue;
import io.stackhouse.pipeline.batch.Attributes;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.processor.testing.Contract;
import io.stackhouse.processor.testing.Samples;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServiceNameTest {
    private static final ServiceNameConfig DEFAULTS = new ServiceNameFactory().defaultConfig();

    private static Attributes derived(String... keysAndValues) {
        return derived(DEFAULTS, keysAndValues);
    }

    private static Attributes derived(ServiceNameConfig config, String... keysAndValues) {
        Attributes attributes = new Attributes();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            attributes.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        ServiceName processor = new ServiceName(config, unused -> {}, Telemetry.none());
        processor.derive(attributes);
        String once = attributes.toString();
        processor.derive(attributes);
        assertThat(attributes).as("a second run changes nothing").hasToString(once);
        return attributes;
    }

    @Test
    void keepsTheContractOfProcessors() {
        Contract.check(new ServiceNameFactory(), DEFAULTS);
    }

    @Test
    void aNameThatIsThereStays() {
        assertThat(derived("service.name", "shop", "k8s.deployment.name", "d").text("service.name", ""))
                .isEqualTo("shop");
    }

    /** Every source loses against those before it, in the order of the conventions. */
    @Test
    void theFirstSourceWins() {
        List<String> sources = DEFAULTS.sources();
        for (int i = 0; i < sources.size(); i++) {
            Attributes attributes = new Attributes();
            for (int k = sources.size() - 1; k >= i; k--) {
                attributes.put(sources.get(k), "name " + k);
            }
            new ServiceName(DEFAULTS, unused -> {}, Telemetry.none()).derive(attributes);
            assertThat(attributes.text("service.name", "")).isEqualTo("name " + i);
        }
        assertThat(sources)
                .startsWith("k8s.pod.annotation.resource.opentelemetry.io/service.name")
                .endsWith("k8s.pod.name", "k8s.container.name");
    }

    @Test
    void withoutASourceItIsUnknownWithTheExecutable() {
        assertThat(derived().text("service.name", "")).isEqualTo("unknown_service");
        assertThat(derived("process.executable.name", "java").text("service.name", ""))
                .isEqualTo("unknown_service:java");
        assertThat(derived("process.executable.path", "/usr/bin/python3").text("service.name", ""))
                .isEqualTo("unknown_service:python3");
    }

    @Test
    void anUnknownNameIsReplacedWhenWanted() {
        String[] resource = {"service.name", "unknown_service:java", "k8s.deployment.name", "d"};
        assertThat(derived(resource).text("service.name", "")).isEqualTo("d");
        ServiceNameConfig keeping = new ServiceNameConfig(DEFAULTS.sources(), false, false, false, false);
        assertThat(derived(keeping, resource).text("service.name", "")).isEqualTo("unknown_service:java");
        assertThat(derived("service.name", "unknown_service:java").text("service.name", ""))
                .isEqualTo("unknown_service:java");
    }

    @Test
    void derivesNamespaceVersionAndInstance() {
        Attributes attributes = new Attributes();
        attributes.put("k8s.namespace.name", "prod");
        attributes.put("k8s.pod.name", "shop-1");
        attributes.put("k8s.container.name", "app");
        attributes.put("container.image.tags", new AttributeValue.ArrayValue(List.of(AttributeValue.of("1.2"))));
        attributes.put(
                "container.image.repo_digests",
                new AttributeValue.ArrayValue(List.of(AttributeValue.of("registry/shop@sha256:ab"))));
        new ServiceName(DEFAULTS, unused -> {}, Telemetry.none()).derive(attributes);
        assertThat(attributes.text("service.name", "")).isEqualTo("shop-1");
        assertThat(attributes.text("service.namespace", "")).isEqualTo("prod");
        assertThat(attributes.text("service.version", "")).isEqualTo("1.2@sha256:ab");
        assertThat(attributes.text("service.instance.id", "")).isEqualTo("prod.shop-1.app");
    }

    @Test
    void theInstanceIsNotInventedFromParts() {
        assertThat(derived("k8s.pod.name", "shop-1").contains("service.instance.id"))
                .isFalse();
    }

    @Test
    void namesTheResourcesOfProfiles() {
        ProfileBatch batch = new Samples()
                .service("unknown_service")
                .profile("cpu", "nanoseconds")
                .sample("main")
                .batch();
        batch.resource(0).attributes().put("k8s.job.name", "nightly");
        new ServiceName(DEFAULTS, unused -> {}, Telemetry.none()).accept(batch);
        assertThat(batch.resource(0).attributes().text("service.name", "")).isEqualTo("nightly");
    }

    @Test
    void refusesSenselessSources() {
        assertThatThrownBy(() -> new ServiceNameConfig(List.of("service.name"), true, true, true, true))
                .hasMessageStartingWith("sources must be keys");
    }
}
