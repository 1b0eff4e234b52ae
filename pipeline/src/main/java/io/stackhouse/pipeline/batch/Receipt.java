package io.stackhouse.pipeline.batch;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Tells the journal what became of a batch, so that it can let go of the request. Exactly one method is called, once per holder,
 * by any thread.
 */
public interface Receipt {
    /** The destination has it. */
    void delivered();

    /** It was given up and counted; {@code reason} was logged by the one who calls. */
    void dropped(String reason);

    /** For batches that nobody waits for. */
    static Receipt none() {
        return new Receipt() {
            @Override
            public void delivered() {}

            @Override
            public void dropped(String reason) {}
        };
    }

    /** Settles {@code whole} once {@code parts} holders have settled the returned one; one drop makes the whole dropped. */
    static Receipt shared(Receipt whole, int parts) {
        AtomicInteger open = new AtomicInteger(parts);
        AtomicInteger drops = new AtomicInteger();
        return new Receipt() {
            @Override
            public void delivered() {
                settle("a part was dropped");
            }

            @Override
            public void dropped(String reason) {
                drops.incrementAndGet();
                settle(reason);
            }

            private void settle(String reason) {
                if (open.decrementAndGet() == 0) {
                    if (drops.get() == 0) {
                        whole.delivered();
                    } else {
                        whole.dropped(reason);
                    }
                }
            }
        };
    }
}
