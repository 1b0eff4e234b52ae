package io.stackhouse.collector.config;

import io.stackhouse.pipeline.ComponentId;
import io.stackhouse.pipeline.Signal;
import java.util.List;

/**
 * One pipeline: what feeds it, its stages in their order, where it ends.
 *
 * @param id its name in the file, such as {@code profiles/fast}
 * @param receivers one or more
 * @param processors in their order
 * @param exporters one or more
 * @param journal its budget
 * @param ringSize places between the journal and the stages, a power of two
 */
public record PipelineConfig(
        String id,
        Signal signal,
        List<ComponentId> receivers,
        List<ComponentId> processors,
        List<ComponentId> exporters,
        JournalConfig journal,
        int ringSize) {
    static void requireRingSize(int ringSize) {
        if (ringSize < 2 || Integer.bitCount(ringSize) != 1) {
            throw new IllegalArgumentException(
                    "ring_size must be a power of two from 2 on, not " + ringSize + "; write 256");
        }
    }
}
