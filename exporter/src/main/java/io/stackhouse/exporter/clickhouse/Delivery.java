package io.stackhouse.exporter.clickhouse;

import io.stackhouse.pipeline.batch.Origin;
import io.stackhouse.pipeline.batch.Receipt;
import java.util.List;

/**
 * Settles a batch's receipt once everything that holds rows of the batch has let go of it: delivered when all of it was stored,
 * returned when a part was not because the exporter ends, dropped when a part was not for another reason. The one who makes it holds it first. Any thread.
 */
final class Delivery {
    private final Receipt receipt;
    private int holders = 1;
    private Outcome outcome = Outcome.DELIVERED;

    Delivery(Receipt receipt) {
        this.receipt = receipt;
    }

    synchronized void hold() {
        holders++;
    }

    /** The requests that are whole with this batch. */
    List<Origin> origins() {
        return receipt.origins();
    }

    /** Lets go; the last one settles. */
    synchronized void release(Outcome of) {
        if (!of.isDelivered() && !outcome.isReturned()) {
            outcome = of;
        }
        holders--;
        if (holders == 0) {
            if (outcome.isDelivered()) {
                receipt.delivered();
            } else if (outcome.isReturned()) {
                receipt.returned(outcome.reason());
            } else {
                receipt.dropped(outcome.reason());
            }
        }
    }
}
