package io.stackhouse.pipeline.batch;

import java.util.ArrayList;
import java.util.List;
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

    /**
     * The one who calls ends before it could deliver: the journal keeps the request, and gives it out again to the stages that come after a
     * reload, or after the next start. Destinations of the same pipeline that had it get it twice. Who holds nothing back has no need of it.
     */
    default void returned(String reason) {
        dropped(reason);
    }

    /**
     * Whoever calls has taken out of the batch all that matters and will not look into it again, though it is not settled yet: its memory may go. At most
     * once per holder, before it settles; who does not know needs not call it.
     */
    default void absorbed() {}

    /**
     * The requests of journals on disk that are whole with this batch: rows of theirs are in it or settled before, and nowhere else. Empty
     * when that is not known. Asked before it is settled.
     */
    default List<Origin> origins() {
        return List.of();
    }

    /** For batches that nobody waits for. */
    static Receipt none() {
        return new Receipt() {
            @Override
            public void delivered() {}

            @Override
            public void dropped(String reason) {}
        };
    }

    /** Settles each of several alike, when what was made of all of them has reached its end. */
    static Receipt all(List<Receipt> receipts) {
        if (receipts.size() == 1) {
            return receipts.get(0);
        }
        List<Receipt> several = List.copyOf(receipts);
        return new Receipt() {
            @Override
            public List<Origin> origins() {
                List<Origin> origins = new ArrayList<>();
                several.forEach(receipt -> origins.addAll(receipt.origins()));
                return origins;
            }

            @Override
            public void absorbed() {
                several.forEach(Receipt::absorbed);
            }

            @Override
            public void delivered() {
                several.forEach(Receipt::delivered);
            }

            @Override
            public void dropped(String reason) {
                several.forEach(receipt -> receipt.dropped(reason));
            }

            @Override
            public void returned(String reason) {
                several.forEach(receipt -> receipt.returned(reason));
            }
        };
    }

    /** As {@link #shared}, of a batch that goes whole to each of the holders. */
    static Receipt copies(Receipt whole, int holders) {
        Receipt shared = shared(whole, holders);
        return new Receipt() {
            @Override
            public List<Origin> origins() {
                return whole.origins();
            }

            @Override
            public void absorbed() {
                shared.absorbed();
            }

            @Override
            public void delivered() {
                shared.delivered();
            }

            @Override
            public void dropped(String reason) {
                shared.dropped(reason);
            }

            @Override
            public void returned(String reason) {
                shared.returned(reason);
            }
        };
    }

    /**
     * Settles {@code whole} once {@code parts} holders have settled the returned one: one that was returned makes the whole returned, else
     * one drop makes the whole dropped. The last part that is open has the origins of the whole.
     */
    static Receipt shared(Receipt whole, int parts) {
        AtomicInteger open = new AtomicInteger(parts);
        AtomicInteger drops = new AtomicInteger();
        AtomicInteger returns = new AtomicInteger();
        AtomicInteger absorbs = new AtomicInteger();
        return new Receipt() {
            @Override
            public void absorbed() {
                if (absorbs.incrementAndGet() == parts) {
                    whole.absorbed();
                }
            }

            @Override
            public List<Origin> origins() {
                return open.get() == 1 && drops.get() + returns.get() == 0 ? whole.origins() : List.of();
            }

            @Override
            public void delivered() {
                settle("a part was dropped");
            }

            @Override
            public void dropped(String reason) {
                drops.incrementAndGet();
                settle(reason);
            }

            @Override
            public void returned(String reason) {
                returns.incrementAndGet();
                settle(reason);
            }

            private void settle(String reason) {
                if (open.decrementAndGet() > 0) {
                    return;
                }
                if (returns.get() > 0) {
                    whole.returned(reason);
                } else if (drops.get() > 0) {
                    whole.dropped(reason);
                } else {
                    whole.delivered();
                }
            }
        };
    }
}
