package io.stackhouse.exporter.clickhouse;

import io.stackhouse.pipeline.Clock;
import io.stackhouse.pipeline.batch.Origin;
import io.stackhouse.pipeline.log.RecordLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The finished blocks of one shard, from before their first attempt until ClickHouse has them or they were put aside.
 *
 * <p>On disk: {@link #append} syncs the blocks' bytes, columns and tokens together with the requests that are whole with them; only then
 * may they be attempted, and the requests be settled. After a crash {@link #open} finds the blocks that were not released, in their order and byte for
 * byte, and {@link #covers} knows the requests. In memory, without a folder: the requests are settled with their blocks.
 *
 * <p>Order: a block of samples is given out only when all stacks and resources before it are settled. While the fate of a block is unknown,
 * or a person is needed ({@link #hold}), no new one is given out.
 *
 * <p>Threads: {@link #open}, {@link #append} and {@link #keepHouse} by the exporter's thread; {@link #take}, {@link #hold} and {@link #settle} by
 * senders; the rest by any.
 */
final class BlockLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BlockLog.class);
    private static final int LOOKAHEAD = 256;

    private final @Nullable RecordLog disk;
    private final int schemaVersion;
    private final Clock clock;
    private final Coverage coverage = new Coverage();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<QueuedBlock> queue = new ArrayDeque<>();
    private final ParallelLimit limit;
    private int taken;
    private int held;
    private long rows;
    private long bytes;
    private boolean isClosed;

    /**
     * Makes one.
     *
     * @param disk null to keep blocks in memory
     * @param schemaVersion number of the newest migration, written with each block
     */
    BlockLog(@Nullable RecordLog disk, int schemaVersion, int maxParallel, Clock clock) {
        this.disk = disk;
        this.schemaVersion = schemaVersion;
        this.limit = new ParallelLimit(maxParallel);
        this.clock = clock;
    }

    /** Finds what the process before has left. */
    void open() throws IOException {
        RecordLog log = disk;
        if (log == null) {
            return;
        }
        log.open((item, body, isReleased) -> {
            BlockRecord record = BlockRecord.read(body);
            coverage.read(record.coverage().write().flip());
            Block block = record.block();
            if (block == null) {
                log.release(item);
            } else if (!isReleased) {
                enqueue(new QueuedBlock(item, block));
            }
        });
        ByteBuffer note = log.note();
        if (note != null) {
            coverage.read(note);
        }
        if (!queue.isEmpty()) {
            LOG.info(
                    "{} blocks of {} rows wait in the block log of an earlier start; they are sent first",
                    queue.size(),
                    rows);
        }
    }

    boolean isOnDisk() {
        return disk != null;
    }

    boolean covers(Origin origin) {
        return disk != null && coverage.covers(origin);
    }

    /** Makes the blocks durable, with the requests that are whole with them, and gives them out. All or nothing. */
    void append(List<Block> blocks, List<Origin> origins) throws IOException {
        RecordLog log = disk;
        if (log == null) {
            throw new IllegalStateException("there is no disk");
        }
        List<byte[]> bodies = new ArrayList<>(blocks.size());
        for (int i = 0; i < blocks.size(); i++) {
            List<Origin> whole = i == blocks.size() - 1 ? origins : List.of();
            bodies.add(BlockRecord.of(schemaVersion, whole, blocks.get(i)).write());
        }
        List<RecordLog.Item> items = log.append(bodies, clock.unixNanos());
        coverage.add(origins);
        for (int i = 0; i < items.size(); i++) {
            enqueue(new QueuedBlock(items.get(i), blocks.get(i)));
        }
    }

    /** As {@link #append}, in memory. */
    void keep(List<Block> blocks, Commit commit) {
        blocks.forEach(block -> enqueue(new QueuedBlock(block, commit)));
    }

    private void enqueue(QueuedBlock block) {
        lock.lock();
        try {
            queue.addLast(block);
            rows += block.rows;
            bytes += block.bytes;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the next block that may be sent; null when none came in time. */
    @Nullable
    QueuedBlock take(long patienceNanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = patienceNanos;
            QueuedBlock next = next();
            while (next == null && left > 0 && !isClosed) {
                left = changed.awaitNanos(left);
                next = next();
            }
            if (next != null) {
                next.isTaken = true;
                taken++;
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable QueuedBlock next() {
        if (held > 0 || taken >= limit.now()) {
            return null;
        }
        boolean areReferencesOpen = false;
        int looked = 0;
        for (QueuedBlock block : queue) {
            if (!block.isTaken && (block.isReference || !areReferencesOpen)) {
                return block;
            }
            areReferencesOpen |= block.isReference;
            if (++looked == LOOKAHEAD) {
                return null;
            }
        }
        return null;
    }

    Block load(QueuedBlock block) throws IOException {
        return block.load(disk);
    }

    /** Its fate is unknown, or a person is needed: nothing new is given out before it is settled. */
    void hold() {
        lock.lock();
        try {
            held++;
        } finally {
            lock.unlock();
        }
    }

    /** The attempt went well, or not: there may be more at once, or fewer. */
    void adapt(boolean isGood) {
        lock.lock();
        try {
            limit.adapt(isGood, queue.size() > taken);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** A sender is done with it: ClickHouse has it, it was put aside, or nobody will send it any more in this process. */
    void settle(QueuedBlock block, Outcome outcome, boolean wasHeld) {
        if (!outcome.isReturned() || !block.isOnDisk()) {
            block.settled(disk, outcome);
        }
        lock.lock();
        try {
            held -= wasHeld ? 1 : 0;
            taken--;
            queue.remove(block);
            rows -= block.rows;
            bytes -= block.bytes;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Rows of the blocks that wait, or are under way. */
    long rows() {
        lock.lock();
        try {
            return rows;
        } finally {
            lock.unlock();
        }
    }

    /** On disk, what the files take; else what the blocks do. */
    long bytes() {
        if (disk != null) {
            return disk.bytes();
        }
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    boolean isEmpty() {
        lock.lock();
        try {
            return queue.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Inserts at once, at the moment. */
    int parallel() {
        lock.lock();
        try {
            return limit.now();
        } finally {
            lock.unlock();
        }
    }

    /** To be called about once a second; what fails is tried again. */
    void keepHouse() {
        try {
            if (disk != null) {
                disk.keepHouse(coverage::write);
            }
        } catch (IOException e) {
            LOG.warn(
                    "The block log could not save how far it is; after a crash blocks are sent again: {}",
                    e.toString());
        }
    }

    /** Lets waiting senders go. */
    void wake() {
        lock.lock();
        try {
            isClosed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** After the senders have ended: what waits in memory is given back. */
    @Override
    public void close() {
        wake();
        for (QueuedBlock block : queue) {
            if (!block.isOnDisk()) {
                block.settled(null, Outcome.returned(BlockSender.CLOSED));
            }
        }
        queue.clear();
        try {
            if (disk != null) {
                disk.close();
            }
        } catch (IOException e) {
            LOG.warn("The block log was not closed cleanly: {}", e.toString());
        }
    }
}
