package io.stackhouse.pipeline.log;

import io.stackhouse.pipeline.Ack;
import io.stackhouse.pipeline.Component;
import io.stackhouse.pipeline.Request;
import org.jspecify.annotations.Nullable;

/**
 * Keeps accepted requests, in their order, until every destination has them. A pipeline reads behind its journal, so that
 * holding data back in a stage never delays an answer, and so that its byte budget bounds all that is in flight.
 *
 * <p>Threads: {@link #append} and {@link #release} by any; {@link #take} by one, the pipeline's feeder.
 */
public interface Journal extends Component {
    /**
     * Keeps the request and completes the ack: accepted once it is kept as firmly as this journal promises, refused when the
     * budget is used up or the journal is closed. Owns the request's batch from then on.
     */
    void append(Request request, Ack ack);

    /** Waits for the next request; null once the journal is sealed and everything was taken. */
    @Nullable
    Entry take() throws InterruptedException;

    /** Refuses new requests from now on; what was accepted can still be taken. */
    void seal();

    /** Every destination has the request with this sequence, or it was given up: it need not be kept any longer. */
    void release(long sequence);

    /**
     * Lets go of the memory of a request that was taken and not released, because all that matters of it is held elsewhere: it counts as none from then
     * on, and {@link #again} reads it back. False where that can't be done: then the caller holds on to the entry.
     */
    default boolean letGo(long sequence) {
        return false;
    }

    /** A request that was let go; null when it can't be read any more. Its memory counts again. Threads: any, one at a time. */
    default @Nullable Entry again(long sequence) {
        return null;
    }

    /** Bytes of the requests that are kept, taken or not. */
    long pendingBytes();

    /** What it holds at this moment. */
    JournalFigures figures();

    /** Seals and gives back files and threads. What is not released is given out again after the next start, if it is on disk. */
    @Override
    void close();

    /**
     * What tells this journal's sequences from all others', for ever; null when they don't outlive the process.
     */
    default @Nullable String identity() {
        return null;
    }

    /** Requests below this sequence are not given out again, not even after a crash. Any thread. */
    default long floor() {
        return 0;
    }

    /**
     * A request in its place.
     *
     * @param sequence counts up by one, from 0 for the first request after the start
     */
    record Entry(long sequence, Request request) {}
}
