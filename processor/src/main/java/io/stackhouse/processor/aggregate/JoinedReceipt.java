package io.stackhouse.processor.aggregate;

import io.stackhouse.pipeline.batch.Origin;
import io.stackhouse.pipeline.batch.Receipt;
import java.util.ArrayList;
import java.util.List;

/** The receipt of what was made of several batches: settles all of theirs. Any thread. */
record JoinedReceipt(List<HeldReceipt> parts) implements Receipt {
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
        for (HeldReceipt part : parts) {
            part.delivered();
        }
    }

    @Override
    public void dropped(String reason) {
        for (HeldReceipt part : parts) {
            part.dropped(reason);
        }
    }

    @Override
    public void returned(String reason) {
        for (HeldReceipt part : parts) {
            part.returned(reason);
        }
    }
}
