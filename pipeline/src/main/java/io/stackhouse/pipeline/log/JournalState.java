package io.stackhouse.pipeline.log;

import io.stackhouse.pipeline.Ack;
import io.stackhouse.pipeline.RefusedException;
import io.stackhouse.pipeline.Request;
import io.stackhouse.pipeline.log.Journal.Entry;
import io.stackhouse.pipeline.log.MemoryTail.Kept;
import io.stackhouse.pipeline.log.SegmentLog.Place;
import io.stackhouse.pipeline.log.WriteQueue.Waiting;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What a {@link DiskJournal} knows: what waits to be written, what is durable, taken and released. Any thread; one lock guards all,
 * and nothing is read or written on disk under it but the list of recent requests.
 *
 * <p>Sequences: released marks ≤ next to take ≤ durable end ≤ next sequence.
 */
final class JournalState {
    static final long RETRY_AFTER_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final int MAX_RECENT_REQUESTS = 1 << 18;

    private final JournalSettings settings;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final WriteQueue unwritten = new WriteQueue();
    private final MemoryTail tail;
    private final RecentRequests recent;
    private ReleasedSequences released = new ReleasedSequences(0);
    private long nextSequence;
    private long durableEnd;
    private long nextToTake;
    private long damagedRecords;
    private long droppedRecords;
    private long duplicateRequests;
    private boolean isSealed;
    private boolean isClosed;

    /** What becomes of a request at the door. */
    enum Offer {
        /** Its ack will be completed when it is written. */
        WAITS,
        /** An equal one is durable already. */
        DUPLICATE
    }

    JournalState(JournalSettings settings) {
        this.settings = settings;
        this.tail = new MemoryTail(settings.maxMemoryBytes());
        this.recent = new RecentRequests(settings.duplicateWindowNanos(), MAX_RECENT_REQUESTS);
    }

    /** Takes over what recovery found; {@code recovery} runs under the lock. */
    void recover(Recovery recovery) throws IOException {
        lock.lock();
        try {
            Recovery.Found found = recovery.run(recent);
            released = found.released();
            nextSequence = found.nextSequence();
            durableEnd = found.nextSequence();
            nextToTake = found.firstToTake();
            damagedRecords = found.damagedRecords();
        } finally {
            lock.unlock();
        }
    }

    /** Throws RefusedException when there is no room for it. */
    Offer offer(Request request, Fingerprint fingerprint, Ack ack, long diskBytes) {
        lock.lock();
        try {
            Waiting same = unwritten.same(fingerprint);
            if (same != null) {
                duplicateRequests++;
                same.acks.add(ack);
                return Offer.WAITS;
            }
            if (recent.contains(fingerprint, request.receivedUnixNanos())) {
                duplicateRequests++;
                return Offer.DUPLICATE;
            }
            checkRoom(request, diskBytes);
            unwritten.add(request, fingerprint, ack);
            changed.signalAll();
            return Offer.WAITS;
        } finally {
            lock.unlock();
        }
    }

    private void checkRoom(Request request, long diskBytes) {
        int bytes = request.body().length;
        if (isSealed) {
            throw new RefusedException("the collector is stopping", RETRY_AFTER_NANOS);
        }
        if (unwritten.bytes() > 0 && unwritten.bytes() + bytes > settings.maxMemoryBytes()) {
            throw new RefusedException(
                    unwritten.bytes()
                            + " bytes wait to be written to the journal; its disk is slower than what arrives",
                    RETRY_AFTER_NANOS);
        }
        long needed = diskBytes + unwritten.bytes() + bytes + RecordHeader.BYTES;
        if (settings.whenFull() == JournalSettings.WhenFull.REFUSE && needed > settings.maxBytes()) {
            throw new RefusedException(
                    "the journal holds " + diskBytes + " of " + settings.maxBytes()
                            + " bytes; the destination is slower than what arrives, or away",
                    RETRY_AFTER_NANOS);
        }
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

    void saveRecent(Storage storage) throws IOException {
        lock.lock();
        try {
            recent.save(storage);
        } finally {
            lock.unlock();
        }
    }

    /** Gives up everything below the sequence that was not taken yet. */
    void dropBelow(long end) {
        lock.lock();
        try {
            droppedRecords += Math.max(0, end - Math.max(released.mark(), nextToTake));
            released.releaseBelow(end);
            nextToTake = Math.max(nextToTake, end);
            tail.dropBelow(end);
        } finally {
            lock.unlock();
        }
    }

    /** What the taker is to do next. */
    sealed interface Next {
        /** Nothing any more: sealed, and all was taken. */
        record End() implements Next {}

        /** It is counted as taken. */
        record InMemory(Kept kept) implements Next {}

        /** It has to be read back, and then claimed. */
        record OnDisk(long sequence, long durableEnd) implements Next {}
    }

    Next awaitNext() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (mustWait()) {
                changed.await();
            }
            Kept kept = tail.take(nextToTake);
            if (kept != null) {
                noteTaken(kept.entry());
                return new Next.InMemory(kept);
            }
            return nextToTake < durableEnd ? new Next.OnDisk(nextToTake, durableEnd) : new Next.End();
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
            for (long sequence = from; sequence < to; sequence++) {
                if (!released.isReleased(sequence)) {
                    damagedRecords++;
                    released.release(sequence);
                }
            }
            nextToTake = Math.max(nextToTake, to);
        } finally {
            lock.unlock();
        }
    }

    void release(Entry entry) {
        lock.lock();
        try {
            tail.noteReleased(entry);
            released.release(entry.sequence());
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

    /** Bodies in memory, waiting or on their way. */
    long memoryBytes() {
        lock.lock();
        try {
            return unwritten.bytes() + tail.bytes();
        } finally {
            lock.unlock();
        }
    }

    /** Figures since the start. */
    record Counts(long damagedRecords, long droppedRecords, long duplicateRequests) {}

    Counts counts() {
        lock.lock();
        try {
            return new Counts(damagedRecords, droppedRecords, duplicateRequests);
        } finally {
            lock.unlock();
        }
    }
}
