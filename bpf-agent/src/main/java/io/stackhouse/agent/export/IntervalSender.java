package io.stackhouse.agent.export;

/**
 * Sends finished intervals, oldest first.
 *
 * <p>Threads: any. What is submitted waits in a buffer of bounded bytes; when that is full, the oldest interval is given up, and counted. After {@link #close} whatever
 * is submitted is counted as dropped.
 */
public interface IntervalSender extends AutoCloseable {
    /** Never blocks; takes ownership of the bytes, an ExportProfilesServiceRequest. */
    void submit(byte[] exportRequest, int profileCount, long sampleCount);

    /** Waits until all is sent or time is over; true if all that was submitted has been settled: taken, rejected or given up. */
    boolean flush(long timeoutNanos);

    /** Ends at once, also in the middle of a call or of waiting for the next try. What was not sent is dropped and counted. */
    @Override
    void close();
}
