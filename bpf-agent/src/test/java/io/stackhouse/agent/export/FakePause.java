package io.stackhouse.agent.export;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;

/** Time that passes at once when somebody waits, and not otherwise. */
final class FakePause implements Pause {
    final List<Long> waits = new CopyOnWriteArrayList<>();
    private final AtomicLong now = new AtomicLong();

    @Override
    public long nanoTime() {
        return now.get();
    }

    @Override
    public void await(Condition condition, long nanos) {
        waits.add(nanos);
        now.addAndGet(nanos);
    }
}
