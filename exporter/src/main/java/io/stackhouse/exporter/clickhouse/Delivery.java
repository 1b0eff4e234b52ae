package io.stackhouse.exporter.clickhouse;

import io.stackhouse.pipeline.batch.Receipt;

/**
 * Settles a batch's receipt once everything that holds rows of the batch has let go of it: delivered when all of it was stored,
 * dropped when a part was not. The one who makes it holds it first. One thread.
 */
final class Delivery {
    private final Receipt receipt;
    private int holders = 1;
    private Outcome outcome = Outcome.DELIVERED;

    Delivery(Receipt receipt) {
        this.receipt = receipt;
    }

    void hold() {
        holders++;
    }

    /** Lets go; the last one settles. */
    void release(Outcome of) {
        if (!of.isDelivered()) {
            outcome = of;
        }
        holders--;
        if (holders == 0) {
            if (outcome.isDelivered()) {
                receipt.delivered();
            } else {
                receipt.dropped(outcome.reason());
            }
        }
    }
}
