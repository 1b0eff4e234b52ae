package io.stackhouse.threadcontext;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessContextTest {
    @Test
    void isOneMappingThatIsUpdatedInPlace() throws Exception {
        assertThat(ThreadContext.builder()
                        .setResource(Attributes.of(AttributeKey.stringKey("service.name"), "checkout"))
                        .setAttributeKeys(List.of("http.route", "größe"))
                        .install())
                .isTrue();
        PublishedProcess first = PublishedProcess.read("self");
        assertThat(first.resource()).containsEntry("service.name", "checkout");
        assertThat(first.schema()).isEqualTo("tlsdesc_v1_dev");
        assertThat(first.keys()).contains("http.route", "größe");

        assertThat(ThreadContext.builder()
                        .setResource(Attributes.of(AttributeKey.stringKey("service.name"), "payment"))
                        .setAttributeKeys(List.of("http.route", "tenant"))
                        .install())
                .isTrue();
        PublishedProcess second = PublishedProcess.read("self");
        assertThat(second.resource()).containsEntry("service.name", "payment");
        assertThat(second.publishedAtNanos()).isGreaterThan(first.publishedAtNanos());
        assertThat(second.keys().subList(0, first.keys().size())).isEqualTo(first.keys());
        assertThat(second.keys()).contains("tenant").doesNotHaveDuplicates();
    }
}
