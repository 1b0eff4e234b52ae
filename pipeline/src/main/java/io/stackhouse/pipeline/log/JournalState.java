package io.stackhouse.pipeline.log;

import io.stackhouse.pipeline.Ack;
import io.stackhouse.pipeline.Request;
import io.stackhouse.pipeline.log.Journal.Entry;
import io.stackhouse.pipeline.log.MemoryTail.Kept;
import io.stackhouse.pipeline.log.SegmentLog.Extent;
import io.stackhouse.pipeline.log.SegmentLog.Place;
import io.stackhouse.pipeline.log.WriteQueue.Waiting;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What a {@link DiskJournal} knows: what waits to be written, what is durable, taken and released. Any thread; one lock guards all,
 * and nothing is read or written on disk under it but the list of recent requests.
 *
 * <p>Sequences: released marks ≤ next to take ≤ durable end ≤ next sequence.
 */
final class JournalState {
    private static final int MAX_RECENT_REQUESTS = 1 << 18;

    private final JournalSettings settings;
    private final JournalMetrics metrics;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final WriteQueue unwritten = new WriteQueue();
    private final Admission admission;
    private final MemoryTail tail;
    private final RecentRequests recent;
    private ReleasedSequences released = new ReleasedSequences(0);
    private long nextSequence;
    private long durableEnd;
    private long nextToTake;
    private long lastTakenUnixNanos = Long.MAX_VALUE;
    private boolean isSealed;
    private boolean isClosed;

    JournalState(JournalSettings settings, JournalMetrics metrics) {
        this.settings = settings;
        this.metrics = metrics;
        this.admission = new Admission(settings, unwritten);
        this.tail = new MemoryTail(settings.maxMemoryBytes());
        this.recent = new RecentRequests(settings.duplicateWindowNanos(), MAX_RECENT_REQUESTS);
    }

    /** Takes over what recovery found; {@code recovery} runs under the lock. */
    Recovery.Found recover(Recovery recovery) throws IOException {
        lock.lock();
        try {
            Recovery.Found found =
                    recovery.run(recent, new RecentRequests(settings.duplicateWindowNanos(), MAX_RECENT_REQUESTS));
            released = found.released();
            nextSequence = found.nextSequence();
            durableEnd = found.nextSequence();
            nextToTake = released.mark();
            lastTakenUnixNanos = found.oldestUnixNanos();
            return found;
        } finally {
            lock.unlock();
        }
    }

    /** Takes a request in, or says why not. */
    Offer offer(Request request, Fingerprint fingerprint, Ack ack, Extent disk) {
        lock.lock();
        try {
            if (settings.duplicateWindowNanos() > 0) {
                Waiting same = unwritten.same(fingerprint);
                if (same != null) {
                    metrics.duplicate();
                    same.acks.add(ack);
                    return new Offer.Waits();
                }
                if (recent.contains(fingerprint, request.receivedUnixNanos())) {
                    metrics.duplicate();
                    return new Offer.Duplicate();
                }
            }
            Waiting waiting = new Waiting(request, fingerprint, ack);
            Refusal refusal = isSealed
                    ? Refusal.stopping()
                    : admission.refusal(waiting, disk, released.mark() == durableEnd, oldestUnixNanos());
            if (refusal != null) {
                return new Offer.Refused(refusal);
            }
            unwritten.add(waiting);
            changed.signalAll();
            return new Offer.Waits();
        } finally {
            lock.unlock();
        }
    }

    /** Receipt of the oldest request that is kept; of one before it while that is on disk alone. */
    private long oldestUnixNanos() {
        if (released.mark() == durableEnd) {
            return Long.MAX_VALUE;
        }
        long oldest = tail.oldestUnixNanos();
        return oldest == Long.MAX_VALUE ? lastTakenUnixNanos : oldest;
    }

    /** Waits for requests for a while; takes what waits, up to a bound. Empty when nothing came or the journal is closed. */
    List<Waiting> awaitGroup(long patienceNanos, long maxBytes) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long patience = patienceNanos;
            while (!unwritten.hasWaiting() && !isClosed && patience > 0) {
                patience = changed.awaitNanos(patience);
            }
            List<Waiting> group = unwritten.takeGroup(nextSequence, maxBytes);
            nextSequence += group.size();
            return group;
        } finally {
            lock.unlock();
        }
    }

    void noteDurable(List<Waiting> group, List<Place> places) {
        lock.lock();
        try {
            for (int i = 0; i < group.size(); i++) {
                Waiting waiting = group.get(i);
                unwritten.settle(waiting);
                recent.add(waiting.fingerprint, waiting.request.receivedUnixNanos());
                tail.keep(new Kept(new Entry(waiting.sequence, waiting.request), places.get(i)), nextToTake);
            }
            durableEnd = end(group);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Their sequences are used up: a later recovery may find them under these. */
    void noteFailed(List<Waiting> group) {
        lock.lock();
        try {
            for (Waiting waiting : group) {
                unwritten.settle(waiting);
                released.release(waiting.sequence);
            }
            durableEnd = end(group);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private static long end(List<Waiting> group) {
        return group.get(group.size() - 1).sequence + 1;
    }

    /** The lowest sequence that not every destination has. */
    long cursor() {
        lock.lock();
        try {
            return released.mark();
        } finally {
            lock.unlock();
        }
    }

    /** The list of recent requests as its file has it. */
    ByteBuffer recentContent() {
        lock.lock();
        try {
            return recent.content();
        } finally {
            lock.unlock();
        }
    }

    /** Gives up everything below the sequence that was not taken yet; the number of requests. */
    long dropBelow(long end) {
        lock.lock();
        try {
            long dropped = released.countOpen(nextToTake, end);
            released.releaseBelow(end);
            nextToTake = Math.max(nextToTake, end);
            tail.dropBelow(end);
            return dropped;
        } finally {
            lock.unlock();
        }
    }

    NextEntry awaitNext() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (mustWait()) {
                changed.await();
            }
            Kept kept = tail.take(nextToTake);
            if (kept != null) {
                noteTaken(kept.entry());
                return new NextEntry.InMemory(kept);
            }
            return nextToTake < durableEnd ? new NextEntry.OnDisk(nextToTake, durableEnd) : new NextEntry.End();
        } finally {
            lock.unlock();
        }
    }

    private boolean mustWait() {
        if (nextToTake >= durableEnd) {
            return !(isSealed && unwritten.isSettled());
        }
        return tail.isFull() && !isSealed;
    }

    private void noteTaken(Entry entry) {
        nextToTake = entry.sequence() + 1;
        lastTakenUnixNanos = entry.request().receivedUnixNanos();
        tail.noteTaken(entry);
    }

    /** Whether a record that was read back is wanted: not when it was released or given up meanwhile. */
    boolean isWanted(long sequence) {
        lock.lock();
        try {
            if (sequence >= nextToTake && !released.isReleased(sequence)) {
                return true;
            }
            nextToTake = Math.max(nextToTake, sequence + 1);
            return false;
        } finally {
            lock.unlock();
        }
    }

    void claim(Entry entry) {
        lock.lock();
        try {
            noteTaken(entry);
        } finally {
            lock.unlock();
        }
    }

    /** These sequences hold nothing that can be read: failed writes, or damage, which is counted. */
    void skip(long from, long to) {
        lock.lock();
        try {
            metrics.damaged(released.countOpen(from, to));
            released.release(from, to);
            nextToTake = Math.max(nextToTake, to);
        } finally {
            lock.unlock();
        }
    }

    /** A request on its way takes so much memory from now on. */
    void noteBytes(long sequence, long bytes) {
        lock.lock();
        try {
            tail.noteBytes(sequence, bytes);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void release(long sequence) {
        lock.lock();
        try {
            tail.noteReleased(sequence);
            released.release(sequence);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void seal() {
        lock.lock();
        try {
            isSealed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Says whether it was open. */
    boolean close() {
        lock.lock();
        try {
            boolean wasOpen = !isClosed;
            isSealed = true;
            isClosed = true;
            changed.signalAll();
            return wasOpen;
        } finally {
            lock.unlock();
        }
    }

    /** Closed, and nothing waits to be written. */
    boolean isFinished() {
        lock.lock();
        try {
            return isClosed && !unwritten.hasWaiting();
        } finally {
            lock.unlock();
        }
    }

    JournalFigures figures(long diskBytes) {
        lock.lock();
        try {
            return new JournalFigures(
                    released.countOpen(released.mark(), durableEnd),
                    unwritten.memoryBytes() + tail.bytes(),
                    diskBytes,
                    oldestUnixNanos());
        } finally {
            lock.unlock();
        }
    }
}
