package io.stackhouse.processor.attributes;

import static org.assertj.core.api.Assertions.assertThat;

import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.Attributes;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.Resource;
import io.stackhouse.pipeline.batch.Scope;
import io.stackhouse.pipeline.batch.SpanBatch;
import io.stackhouse.pipeline.batch.SpanBatch.SpanGroup;
import io.stackhouse.processor.attributes.ActionConfig.Kind;
import io.stackhouse.processor.testing.Contract;
import io.stackhouse.processor.testing.Samples;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResourceActionsTest {
    private static final ResourceConfig UPSERT =
            new ResourceConfig(List.of(ActionsTest.set(Kind.UPSERT, "env", Samples.text("prod"))));

    private static void accept(ResourceConfig config, Batch batch) {
        new ResourceFactory().create(config, unused -> {}, Telemetry.none()).accept(batch);
    }

    @Test
    void keepsTheContractOfProcessors() {
        Contract.check(new ResourceFactory(), UPSERT);
    }

    @Test
    void changesTheResourcesOfProfiles() {
        ProfileBatch batch = (ProfileBatch) Contract.profiles();
        accept(UPSERT, batch);
        assertThat(batch.resource(0).attributes().toString()).isEqualTo("{\"service.name\":\"shop\",\"env\":\"prod\"}");
        assertThat(Samples.attributes(batch, 0).contains("env")).isFalse();
    }

    @Test
    void changesAResourceOfSeveralGroupsOnce() {
        Attributes attributes = new Attributes();
        attributes.put("a", "abc");
        Resource resource = new Resource(attributes, "");
        Scope scope = new Scope("", "", new Attributes(), "");
        SpanGroup group = new SpanGroup(resource, scope, List.of());
        SpanGroup other = new SpanGroup(new Resource(new Attributes(), ""), scope, List.of());
        ResourceConfig hash = new ResourceConfig(List.of(ActionsTest.byKey(Kind.HASH, "a")));
        accept(hash, new SpanBatch(List.of(group, other, group), 0));
        assertThat(attributes.text("a", "")).startsWith("ba7816bf8f01cfea");
    }
}
