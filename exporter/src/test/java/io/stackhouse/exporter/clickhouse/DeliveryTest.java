package io.stackhouse.exporter.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;

import io.stackhouse.exporter.testing.RecordingReceipt;
import org.junit.jupiter.api.Test;

class DeliveryTest {
    private final RecordingReceipt receipt = new RecordingReceipt();
    private final Delivery delivery = new Delivery(receipt);

    @Test
    void isDeliveredWhenTheLastHolderLetsGo() {
        delivery.hold();
        delivery.hold();
        delivery.release(Outcome.DELIVERED);
        delivery.release(Outcome.DELIVERED);
        assertThat(receipt.calls).isEmpty();
        delivery.release(Outcome.DELIVERED);
        assertThat(receipt.calls).containsExactly(RecordingReceipt.DELIVERED);
    }

    @Test
    void isDroppedWhenOnePartWas() {
        delivery.hold();
        delivery.release(Outcome.dropped("no"));
        delivery.release(Outcome.DELIVERED);
        assertThat(receipt.calls).containsExactly("no");
    }
}
