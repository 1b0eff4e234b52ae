package io.stackhouse.pipeline.ring;

/**
 * How a pipeline's stages are spread over rings and threads. Immutable.
 *
 * @param size places of each ring, a power of two
 * @param lanes how many lanes work side by side; 0 for what suits the machine
 * @param stageThreads which of a lane's stages share a thread
 * @param waitStrategy how a thread waits for its ring to have something
 */
public record RingSettings(int size, int lanes, StageThreads stageThreads, WaitStrategyName waitStrategy) {
    private static final int MOST_LANES = 64;
    private static final int LARGEST_SIZE = 1 << 20;
    private static final int PROCESSORS_PER_LANE = 16;
    private static final int MOST_LANES_UNASKED = 4;

    /** Which of a lane's stages share a thread. */
    public enum StageThreads {
        /** All: a batch goes through them on one thread. */
        FUSED,
        /** None: each has a ring and a thread of its own. */
        SPLIT
    }

    public RingSettings {
        if (size < 2 || size > LARGEST_SIZE || Integer.bitCount(size) != 1) {
            throw new IllegalArgumentException(
                    "ring_size must be a power of two from 2 to " + LARGEST_SIZE + ", not " + size + "; write 256");
        }
        if (lanes < 0 || lanes > MOST_LANES) {
            throw new IllegalArgumentException("lanes must be from 1 to " + MOST_LANES
                    + ", or 0 for what suits the machine, not " + lanes + "; write 1");
        }
    }

    /** 256 places, one lane, stages fused, threads that sleep while there is nothing. */
    public static RingSettings defaults() {
        return new RingSettings(256, 1, StageThreads.FUSED, WaitStrategyName.BLOCKING);
    }

    /** The number of lanes on a machine with so many processors: one for each 16, 4 at most, unless a number was asked for. */
    public int laneCount(int processors) {
        return lanes > 0 ? lanes : Math.max(1, Math.min(MOST_LANES_UNASKED, processors / PROCESSORS_PER_LANE));
    }

    /** The number of lanes on this machine. */
    public int laneCount() {
        return laneCount(Runtime.getRuntime().availableProcessors());
    }
}
