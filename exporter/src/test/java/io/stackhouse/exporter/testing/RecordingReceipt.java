package io.stackhouse.exporter.testing;

import io.stackhouse.pipeline.batch.Origin;
import io.stackhouse.pipeline.batch.Receipt;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps every call, so that a test sees when one is settled twice. */
public final class RecordingReceipt implements Receipt {
    public static final String DELIVERED = "delivered";
    public final List<String> calls = new CopyOnWriteArrayList<>();

    private final List<Origin> origins;

    /** Of a batch that comes from no journal on disk. */
    public RecordingReceipt() {
        this.origins = List.of();
    }

    /** Of a batch that is a whole request. */
    public RecordingReceipt(Origin origin) {
        this.origins = List.of(origin);
    }

    @Override
    public List<Origin> origins() {
        return origins;
    }

    @Override
    public void delivered() {
        calls.add(DELIVERED);
    }

    @Override
    public void returned(String reason) {
        calls.add("returned: " + reason);
    }

    @Override
    public void dropped(String reason) {
        calls.add(reason);
    }
}
