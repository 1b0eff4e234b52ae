package io.stackhouse.collector.config;

import io.stackhouse.pipeline.ComponentId;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.ring.RingSettings;
import java.util.List;

/**
 * One pipeline: what feeds it, its stages in their order, where it ends.
 *
 * @param id its name in the file, such as {@code profiles/fast}
 * @param receivers one or more
 * @param processors in their order
 * @param exporters one or more
 * @param journal its budget
 * @param ring how its stages are spread over rings and threads
 */
public record PipelineConfig(
        String id,
        Signal signal,
        List<ComponentId> receivers,
        List<ComponentId> processors,
        List<ComponentId> exporters,
        JournalConfig journal,
        RingSettings ring) {}
