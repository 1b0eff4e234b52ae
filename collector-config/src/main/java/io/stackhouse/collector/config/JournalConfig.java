package io.stackhouse.collector.config;

import io.stackhouse.pipeline.ByteSize;

/**
 * What a pipeline keeps while its destinations don't have it yet. It lives in memory.
 *
 * @param maxSize budget for the bodies of requests; beyond it clients are told to come back later
 */
public record JournalConfig(ByteSize maxSize) {
    public JournalConfig {
        if (maxSize.bytes() < 1) {
            throw new IllegalArgumentException("max_size must be more than 0; write 64MiB");
        }
    }
}
