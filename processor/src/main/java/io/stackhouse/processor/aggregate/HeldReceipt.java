package io.stackhouse.processor.aggregate;

import io.stackhouse.pipeline.batch.Origin;
import io.stackhouse.pipeline.batch.Receipt;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Settles a batch's receipt once every window that has something of the batch has settled, and the batch has been read to its end.
 * One drop makes the whole dropped, one that is returned makes it returned. Any thread.
 */
final class HeldReceipt implements Receipt {
    private final Receipt whole;
    private final AtomicInteger holders = new AtomicInteger(1);
    private final AtomicBoolean isDropped = new AtomicBoolean();
    private final AtomicBoolean isReturned = new AtomicBoolean();

    HeldReceipt(Receipt whole) {
        this.whole = whole;
    }

    /** One holder more; called while there is one. */
    void hold() {
        holders.incrementAndGet();
    }

    /** Those of the whole once this is its last holder: what the others held is settled. */
    @Override
    public List<Origin> origins() {
        boolean isLast = holders.get() == 1 && !isDropped.get() && !isReturned.get();
        return isLast ? whole.origins() : List.of();
    }

    @Override
    public void delivered() {
        settle("a part was dropped");
    }

    @Override
    public void dropped(String reason) {
        isDropped.set(true);
        settle(reason);
    }

    @Override
    public void returned(String reason) {
        isReturned.set(true);
        settle(reason);
    }

    private void settle(String reason) {
        if (holders.decrementAndGet() == 0) {
            if (isReturned.get()) {
                whole.returned(reason);
            } else if (isDropped.get()) {
                whole.dropped(reason);
            } else {
                whole.delivered();
            }
        }
    }
}
