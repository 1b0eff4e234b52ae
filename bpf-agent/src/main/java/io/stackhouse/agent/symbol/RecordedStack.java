package io.stackhouse.agent.symbol;

/** One stack as the kernel gave it, leaf first; the arrays stay its own. Threads: one. */
public interface RecordedStack {
    long[] kernelIps();

    int kernelCount();

    long[] userIps();

    int userCount();

    /** What kind of frame it is: 0 for native code, else a type that {@link RuntimeFrames} knows. */
    int userType(int frame);

    /** What tells generated code apart from other code at the same address; 0 where the frame has no such cookie. */
    long userCookie(int frame, int i);

    /** Whether frames are missing at the root of either side. */
    boolean isTruncated();
}
