package io.stackhouse.agent.symbol;

import io.stackhouse.agent.process.TracedProcess;

/** Turns the addresses of one stack into frames. Threads: that of the process table. Never throws for what it finds in files or processes. */
public interface Symbolizer {
    /**
     * kernelIps and userIps are leaf first as bpf_get_stack gives them; result leaf first, kernel frames before user frames. The arrays stay the caller's.
     *
     * <p>The first address of each array is taken as it is, the others as return addresses: the byte before them is looked up and reported. Frames at the root
     * end of the user part that lie in no executable mapping are cut off, and the stack is then marked as truncated: the chain of frame pointers had left
     * the code there.
     */
    SymbolizedStack symbolize(
            TracedProcess process, long[] kernelIps, int kernelCount, long[] userIps, int userCount, boolean truncated);

    /** The same, with what is known of the user frames beside their addresses. */
    default SymbolizedStack symbolize(TracedProcess process, RecordedStack stack) {
        return symbolize(
                process,
                stack.kernelIps(),
                stack.kernelCount(),
                stack.userIps(),
                stack.userCount(),
                stack.isTruncated());
    }
}
