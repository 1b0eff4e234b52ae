package io.stackhouse.agent.symbol;

/**
 * A stack with names, leaf first. The array is the receiver's.
 *
 * @param truncated whether frames are missing at the root end
 */
@SuppressWarnings("ArrayRecordComponent") // One per new stack, read at once and dropped: neither compared nor kept in a
// collection.
public record SymbolizedStack(Frame[] frames, boolean truncated) {}
