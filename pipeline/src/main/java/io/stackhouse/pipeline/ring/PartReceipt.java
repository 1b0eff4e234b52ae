package io.stackhouse.pipeline.ring;

import io.stackhouse.pipeline.batch.Origin;
import io.stackhouse.pipeline.batch.Receipt;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The receipt of a request's part in one lane. It settles once: a stage that fails after it has handed on settles twice, and must not speak for
 * another lane's part. Any thread.
 */
final class PartReceipt implements Receipt {
    private final Receipt shared;
    private final AtomicBoolean isSettled = new AtomicBoolean();

    /** @param shared counts the parts */
    PartReceipt(Receipt shared) {
        this.shared = shared;
    }

    @Override
    public List<Origin> origins() {
        return shared.origins();
    }

    @Override
    public void delivered() {
        if (isSettled.compareAndSet(false, true)) {
            shared.delivered();
        }
    }

    @Override
    public void dropped(String reason) {
        if (isSettled.compareAndSet(false, true)) {
            shared.dropped(reason);
        }
    }

    @Override
    public void returned(String reason) {
        if (isSettled.compareAndSet(false, true)) {
            shared.returned(reason);
        }
    }
}
