package io.stackhouse.collector.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.stackhouse.pipeline.ComponentId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StageOrderTest {
    /** Findings as {@code index error|warning message}. */
    private static List<String> findings(String... ids) {
        List<StageOrder.Stage> stages = new ArrayList<>();
        for (String text : ids) {
            ComponentId id = ComponentId.parse(text);
            stages.add(new StageOrder.Stage(id, id.type()));
        }
        return StageOrder.findings(stages).stream()
                .map(found -> found.index() + (found.isError() ? " error " : " warning ") + found.message())
                .toList();
    }

    @Test
    void theRecommendedOrderIsRight() {
        assertThat(findings(
                        "memory_limiter",
                        "resource_detection",
                        "service_name",
                        "filter",
                        "aggregate",
                        "downsample",
                        "downsample/second",
                        "attributes",
                        "batch"))
                .isEmpty();
    }

    @Test
    void aggregateAfterDownsampleIsAnError() {
        assertThat(findings("downsample/cpu", "resource", "aggregate/10s"))
                .containsExactly(
                        "2 error processor \"aggregate/10s\" comes after \"downsample/cpu\": its sums would be those of the samples that were kept; put aggregate before downsample");
    }

    @Test
    void whatWorksAndIsProbablyNotMeantIsAWarning() {
        assertThat(findings("downsample", "filter", "service_name"))
                .containsExactly(
                        "1 warning processor \"filter\" comes after \"downsample\": the sampling budget is spent on samples that are dropped afterwards; put filter before downsample",
                        "2 warning processor \"service_name\" comes after \"downsample\": services are told apart there and have no name yet; put service_name before it");
        assertThat(findings("batch", "aggregate", "downsample", "resource"))
                .containsExactly(
                        "1 warning processor \"aggregate\" comes after \"batch\": batches get smaller again; put batch last",
                        "2 warning processor \"downsample\" comes after \"batch\": batches get smaller again; put batch last");
    }
}
