package io.stackhouse.processor.aggregate;

import io.stackhouse.pipeline.batch.Origin;
import io.stackhouse.pipeline.batch.Receipt;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** The receipt of what was made of several batches: settles all of theirs, once, even when a stage that fails later settles again. Any thread. */
final class JoinedReceipt implements Receipt {
    private final List<HeldReceipt> parts;
    private final AtomicBoolean isSettled = new AtomicBoolean();

    JoinedReceipt(List<HeldReceipt> parts) {
        this.parts = parts;
    }

    @Override
    public List<Origin> origins() {
        List<Origin> origins = new ArrayList<>();
        for (HeldReceipt part : parts) {
            origins.addAll(part.origins());
        }
        return origins;
    }

    @Override
    public void delivered() {
        settle(HeldReceipt::delivered);
    }

    @Override
    public void dropped(String reason) {
        settle(part -> part.dropped(reason));
    }

    @Override
    public void returned(String reason) {
        settle(part -> part.returned(reason));
    }

    private void settle(Consumer<HeldReceipt> how) {
        if (isSettled.compareAndSet(false, true)) {
            parts.forEach(how);
        }
    }
}
