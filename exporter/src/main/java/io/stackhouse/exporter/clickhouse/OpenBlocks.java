package io.stackhouse.exporter.clickhouse;

import io.stackhouse.exporter.clickhouse.ClickHouseConfig.BatchLimits;
import io.stackhouse.pipeline.Clock;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.batch.Batch;
import java.util.ArrayList;
import java.util.List;

/**
 * Blocks that are being filled, with the batches whose rows they hold, and the bounds at which they are sent. One thread.
 */
final class OpenBlocks {
    /** Bytes are counted only now and then: a row has some hundred of them. */
    private static final int ROWS_PER_BYTE_CHECK = 64;

    private static final int MAX_ROWS = 1_000_000;

    private final Signal signal;
    private final TableGroup tables;
    private final BatchLimits limits;
    private final BlockWidth width;
    private final Clock clock;
    private List<Delivery> holders = new ArrayList<>();
    private long openedNanos;

    OpenBlocks(Signal signal, TableGroup tables, BatchLimits limits, BlockWidth width, Clock clock) {
        this.width = width;
        this.signal = signal;
        this.tables = tables;
        this.limits = limits;
        this.clock = clock;
    }

    Signal signal() {
        return signal;
    }

    TableGroup tables() {
        return tables;
    }

    boolean isEmpty() {
        return holders.isEmpty();
    }

    /** How many items are to be appended of it. */
    int open(Batch batch) {
        int items = tables.open(batch);
        tables.mark();
        return items;
    }

    void append(int item, Delivery delivery) {
        tables.append(item);
        if (holders.isEmpty()) {
            openedNanos = clock.nanos();
        }
        if (holders.isEmpty() || holders.get(holders.size() - 1) != delivery) {
            holders.add(delivery);
            delivery.hold();
        }
    }

    /** Whether a batch of so many rows or spans fits in too; one that is larger than a block fits into an empty one. */
    boolean hasRoomFor(int more) {
        return isEmpty()
                || (tables.items() + more <= maxSize()
                        && tables.byteCount() < limits.maxBytes().bytes());
    }

    boolean isFull() {
        int items = tables.items();
        return items >= maxSize()
                || (items % ROWS_PER_BYTE_CHECK == 0
                        && tables.byteCount() >= limits.maxBytes().bytes());
    }

    private int maxSize() {
        return (int) Math.min(MAX_ROWS, (long) limits.maxSize() * width.factor());
    }

    /** How long until the blocks are due; 0 or less when they are, {@link Long#MAX_VALUE} when they are empty. */
    long nanosUntilDue() {
        return isEmpty()
                ? Long.MAX_VALUE
                : openedNanos + limits.flushTimeout().toNanos() * width.factor() - clock.nanos();
    }

    /** Drops the rows of a batch that failed half-way, as far as they are still here. */
    void rollback(Delivery delivery, Outcome outcome) {
        tables.rollback();
        if (!holders.isEmpty() && holders.get(holders.size() - 1) == delivery) {
            holders.remove(holders.size() - 1);
            delivery.release(outcome);
        }
    }

    /** What was filled, in the order in which it has to be sent; the open blocks are empty afterwards. */
    Cut cut() {
        int items = tables.items();
        List<Delivery> held = holders;
        holders = new ArrayList<>();
        try {
            return new Cut(items, tables.cut(), held, "");
        } catch (RuntimeException e) {
            return new Cut(items, List.of(), held, "the rows could not be encoded: " + e);
        } finally {
            tables.mark();
        }
    }

    /**
     * Finished blocks and the batches whose rows they hold.
     *
     * @param items rows of samples, or spans
     * @param failure why there are no blocks, empty when there are
     */
    record Cut(int items, List<Block> blocks, List<Delivery> holders, String failure) {
        void release(Outcome outcome) {
            for (Delivery holder : holders) {
                holder.release(outcome);
            }
        }
    }
}
