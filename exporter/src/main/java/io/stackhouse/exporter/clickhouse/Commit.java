package io.stackhouse.exporter.clickhouse;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Blocks that wait in memory, and the batches whose rows they hold: those are settled when the last of the blocks is. Any thread. */
final class Commit {
    private final List<Delivery> holders;
    private final AtomicInteger open;
    private volatile Outcome whole = Outcome.DELIVERED;

    /** @param blocks more than 0 */
    Commit(List<Delivery> holders, int blocks) {
        this.holders = holders;
        this.open = new AtomicInteger(blocks);
    }

    void settled(Outcome outcome) {
        if (!outcome.isDelivered()) {
            whole = outcome;
        }
        if (open.decrementAndGet() == 0) {
            holders.forEach(holder -> holder.release(whole));
        }
    }
}
