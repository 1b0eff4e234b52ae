package io.stackhouse.processor.aggregate;

import io.stackhouse.pipeline.Clock;
import io.stackhouse.pipeline.Consumer;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.TimedProcessor;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.BelievedTimes;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.ProfileHeader;
import io.stackhouse.pipeline.batch.Receipt;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds up the values of equal samples, window by window: see {@link Window} for what is equal.
 *
 * <p>A row belongs to the window that its time lies in: its own time, else the begin of its profile's interval, else, or when that
 * is not believed, the time of receipt. A window is handed on as one batch when its grace has passed. What comes later goes to a
 * window of the same bounds that is handed on one interval after it was opened; so does what is dated in the future, at
 * interval and grace after the window was opened. So nothing waits for longer than interval and grace, by the monotonic clock:
 * jumps of the wall clock make windows earlier or later, and lose nothing.
 *
 * <p>Threads and ownership as {@link TimedProcessor} has them. When <b>full</b>, by a window's rows, the
 * bytes of all windows (at most a sixteenth of the heap), or {@value #MAX_WINDOWS} windows at a time, the window that is full, largest or nearest
 * to its end is handed on early, which is counted; a window may be over its bounds by one request. When <b>closed</b>, all windows are handed on. A window that the next stage refuses is dropped and counted.
 *
 * <p>Receipts: those of the batches stay open until each window that has something of them is settled. After a crash a request
 * whose windows were not all delivered comes again whole.
 */
final class Aggregate implements TimedProcessor {
    private static final Logger LOG = LoggerFactory.getLogger(Aggregate.class);
    private static final int MAX_WINDOWS = 64;
    private static final int MAX_SPARE_WINDOWS = 1;
    /** What is handed on is made beside the windows, is sampled and stored from there, and arrays grow by doubling. */
    private static final int HEAP_SHARE = 16;

    private final AggregateConfig config;
    private final Set<String> droppedKeys;
    private final long intervalNanos;
    private final long graceNanos;
    private final long maxBytes;
    private final Consumer next;
    private final Clock clock;
    private final AggregateMetrics metrics;
    private final List<Window> windows = new ArrayList<>();
    private final ArrayDeque<Window> spares = new ArrayDeque<>();

    Aggregate(AggregateConfig config, Consumer next, Telemetry telemetry) {
        this.config = config;
        this.droppedKeys = Set.copyOf(config.dropAttributes());
        this.intervalNanos = config.interval().toNanos();
        this.graceNanos = config.grace().toNanos();
        this.maxBytes = Math.min(config.maxBytes().bytes(), Runtime.getRuntime().maxMemory() / HEAP_SHARE);
        this.next = next;
        this.clock = telemetry.clock();
        this.metrics = new AggregateMetrics(telemetry);
    }

    @Override
    public void start() {
        // Ready when made.
    }

    @Override
    public void accept(Batch batch) {
        if (!(batch instanceof ProfileBatch profiles) || profiles.profileCount() == 0) {
            next.accept(batch);
            return;
        }
        metrics.incoming(profiles.rowCount());
        HeldReceipt receipt = new HeldReceipt(profiles.receipt());
        addProfiles(profiles, receipt);
        addRows(profiles, receipt);
        for (Window window : windows) {
            window.endSource();
        }
        while (byteCount() >= maxBytes) {
            handOnEarly(largest());
        }
        // What was added up is in the windows: a journal on disk need not keep the request in memory for as long as
        // they are open.
        profiles.receipt().absorbed();
        receipt.delivered();
    }

    /** Also those that have no sample; and the totals, which go with the first of them. */
    private void addProfiles(ProfileBatch batch, HeldReceipt receipt) {
        for (int i = 0; i < batch.profileCount(); i++) {
            ProfileHeader header = batch.profile(i);
            Window window = window(storedTime(batch, header, 0), batch, receipt);
            window.addProfile(batch, i);
            if (i == 0) {
                window.addTotals(batch);
            }
        }
    }

    private void addRows(ProfileBatch batch, HeldReceipt receipt) {
        Window window = null;
        for (int row = 0; row < batch.rowCount(); row++) {
            ProfileHeader header = batch.profile(batch.sampleProfile(batch.rowSample(row)));
            // A profile that is left whole is not spread over windows.
            long own = ProfileGroups.isWhole(header) ? 0 : batch.rowTimestampUnixNanos(row);
            long time = storedTime(batch, header, own);
            if (window == null || !window.contains(time)) {
                window = window(time, batch, receipt);
            }
            window.add(batch, row, config, droppedKeys);
            if (window.rowCount() >= config.maxRows()) {
                handOnEarly(window);
                window = null;
            }
        }
    }

    private static long storedTime(ProfileBatch batch, ProfileHeader header, long own) {
        return BelievedTimes.stored(own, header.timeUnixNanos(), batch.receivedUnixNanos());
    }

    /** The window that has the time, with the batch as its source. */
    private Window window(long unixNanos, ProfileBatch batch, HeldReceipt receipt) {
        Window window = openWindow(unixNanos);
        if (!window.isSource(batch)) {
            receipt.hold();
            window.source(batch, receipt);
        }
        return window;
    }

    private Window openWindow(long unixNanos) {
        for (int i = 0; i < windows.size(); i++) {
            if (windows.get(i).contains(unixNanos)) {
                return windows.get(i);
            }
        }
        if (windows.size() == MAX_WINDOWS) {
            handOnEarly(firstDue());
        }
        long start = Math.floorDiv(unixNanos, intervalNanos) * intervalNanos;
        long wait = start + intervalNanos + graceNanos - clock.unixNanos();
        boolean isLate = wait <= 0;
        if (isLate) {
            metrics.lateWindow();
        }
        wait = isLate ? intervalNanos : Math.min(wait, intervalNanos + graceNanos);
        Window spare = spares.poll();
        Window window = spare == null ? new Window() : spare;
        window.open(start, start + intervalNanos, clock.nanos() + wait);
        windows.add(window);
        return window;
    }

    private long byteCount() {
        long bytes = 0;
        for (Window window : windows) {
            bytes += window.byteCount();
        }
        return bytes;
    }

    private Window largest() {
        Window largest = windows.get(0);
        for (Window window : windows) {
            if (window.byteCount() > largest.byteCount()) {
                largest = window;
            }
        }
        return largest;
    }

    private Window firstDue() {
        Window first = windows.get(0);
        for (Window window : windows) {
            if (window.dueNanos() - first.dueNanos() < 0) {
                first = window;
            }
        }
        return first;
    }

    @Override
    public void tick() {
        if (windows.isEmpty()) {
            return;
        }
        long now = clock.nanos();
        for (int i = 0; i < windows.size(); ) {
            if (windows.get(i).isDue(now)) {
                handOn(windows.get(i));
            } else {
                i++;
            }
        }
    }

    private void handOnEarly(Window window) {
        metrics.earlyWindow();
        handOn(window);
    }

    private void handOn(Window window) {
        windows.remove(window);
        metrics.overflows(window.overflows());
        int rows = window.rowCount();
        Receipt receipt = window.receipt();
        try {
            ProfileBatch batch = window.take();
            batch.setReceipt(receipt);
            if (spares.size() < MAX_SPARE_WINDOWS) {
                spares.add(window);
            }
            metrics.outgoing(rows);
            next.accept(batch);
        } catch (RuntimeException e) {
            // Caught here, since it is the fault of no batch that comes in now.
            lost(rows, receipt, e);
        } catch (Error e) {
            lost(rows, receipt, e);
            throw e;
        }
    }

    /** Settles first: what is never settled stays in the journal for good. */
    private void lost(int rows, Receipt receipt, Throwable failure) {
        receipt.dropped("a stage failed: " + failure);
        metrics.failedWindow();
        LOG.error("A window of {} rows is lost: it could not be handed on", rows, failure);
    }

    @Override
    public void close() {
        while (!windows.isEmpty()) {
            handOn(windows.get(0));
        }
    }
}
