package io.stackhouse.agent.symbol;

import java.util.Arrays;

/** The frames of one stack while it is symbolized, leaf first. Bounded: what is beyond is counted and dropped, at the root end. Reused. Threads: one. */
public final class FrameList {
    private static final int MAX_FRAMES = 2048;

    private Frame[] frames = new Frame[256];
    private int size;
    private boolean isCut;

    FrameList() {}

    public void add(Frame frame) {
        if (size == MAX_FRAMES) {
            isCut = true;
            return;
        }
        if (size == frames.length) {
            frames = Arrays.copyOf(frames, 2 * size);
        }
        frames[size++] = frame;
    }

    void clear() {
        Arrays.fill(frames, 0, size, null);
        size = 0;
        isCut = false;
    }

    int size() {
        return size;
    }

    boolean isCut() {
        return isCut;
    }

    Frame get(int i) {
        return frames[i];
    }

    Frame[] copy(int length) {
        return Arrays.copyOf(frames, length);
    }
}
