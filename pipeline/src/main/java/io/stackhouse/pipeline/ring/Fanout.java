package io.stackhouse.pipeline.ring;

import io.stackhouse.pipeline.Consumer;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.Receipt;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands a batch to several consumers. Its receipt is settled when all of them have settled. From here on nobody may change the
 * batch. Threads: the lane's.
 */
public final class Fanout implements Consumer {
    private static final Logger LOG = LoggerFactory.getLogger(Fanout.class);

    private final List<Consumer> targets;

    /**
     * Makes a fan-out.
     *
     * @param targets one or more
     */
    public Fanout(List<? extends Consumer> targets) {
        if (targets.isEmpty()) {
            throw new IllegalArgumentException("a fan-out needs a target");
        }
        this.targets = List.copyOf(targets);
    }

    @Override
    public void accept(Batch batch) {
        if (targets.size() > 1) {
            batch.setReceipt(Receipt.copies(batch.receipt(), targets.size()));
        }
        for (Consumer target : targets) {
            try {
                target.accept(batch);
            } catch (RuntimeException e) {
                // One target that fails must not keep the batch from the others.
                LOG.error("An exporter failed to take a batch of {}; it is lost for this destination", batch.size(), e);
                batch.receipt().dropped("an exporter failed: " + e);
            }
        }
    }
}
