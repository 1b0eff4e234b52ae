package io.stackhouse.processor.batch;

import io.stackhouse.pipeline.ByteSize;
import java.time.Duration;
import java.util.List;

/**
 * Settings of {@code batch}.
 *
 * @param sendBatchSize spans that a batch has at least when it is sent before its time; 0 to send each at once
 * @param timeout how long spans wait at most for others; 0 to send each batch at once
 * @param sendBatchMaxSize spans or rows that a batch has at most; 0 for any number
 * @param sendBatchBytes bytes of spans that a batch has at least when it is sent before its time; 0 for any number
 * @param sendBatchMaxBytes bytes of spans or samples that a batch has at most; 0 for any number
 * @param metadataKeys must be empty
 * @param metadataCardinalityLimit without effect
 */
public record BatchConfig(
        int sendBatchSize,
        Duration timeout,
        int sendBatchMaxSize,
        ByteSize sendBatchBytes,
        ByteSize sendBatchMaxBytes,
        List<String> metadataKeys,
        int metadataCardinalityLimit) {
    public BatchConfig {
        if (sendBatchSize < 0) {
            throw new IllegalArgumentException("send_batch_size must be 0 or more, not " + sendBatchSize);
        }
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("timeout must be 0 or more; write 200ms");
        }
        if (sendBatchMaxSize < 0 || (sendBatchMaxSize > 0 && sendBatchMaxSize < sendBatchSize)) {
            throw new IllegalArgumentException(
                    "send_batch_max_size must be 0 or at least send_batch_size, not " + sendBatchMaxSize);
        }
        if (sendBatchMaxBytes.bytes() > 0 && sendBatchMaxBytes.bytes() < Math.max(1024, sendBatchBytes.bytes())) {
            throw new IllegalArgumentException(
                    "send_batch_max_bytes must be 0 or at least 1KiB and send_batch_bytes, not " + sendBatchMaxBytes);
        }
        if (!metadataKeys.isEmpty()) {
            throw new IllegalArgumentException(
                    "metadata_keys is not supported: stages run behind the journal, where the"
                            + " request's headers are gone; leave it out");
        }
    }
}
