package io.stackhouse.cli.load;

import java.util.Arrays;
import java.util.Random;

/**
 * The stacks of one made service: paths down a tree of calls, each but for its end like the one before, of {@value #MIN_FRAMES} to {@value #MAX_FRAMES} frames; a third of them end in native code. The same for
 * the same seed. Immutable; any thread.
 */
final class CallStacks {

    static final int COUNT = 1200;
    static final int MIN_FRAMES = 5;
    static final int MAX_FRAMES = 90;
    static final int FUNCTIONS = 400;
    static final int NATIVE_FUNCTIONS = 120;

    private static final int FIRST_FRAMES = 20;
    private static final int NATIVE_FRAMES = 3;
    private static final int LINES = 3;
    /** The lower, the more functions are seen in few stacks only. */
    private static final double BIAS = 3.0;

    private final int[][] stacks = new int[COUNT][];

    CallStacks(long seed) {
        Random random = new Random(seed);
        int[] before = new int[FIRST_FRAMES];
        Arrays.setAll(before, i -> frame(random, false));
        for (int i = 0; i < COUNT; i++) {
            before = next(before, random);
            stacks[i] = before;
        }
        // Neighbours are alike; a stack's number must not tell how often it is seen.
        for (int i = COUNT - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            int[] kept = stacks[i];
            stacks[i] = stacks[other];
            stacks[other] = kept;
        }
    }

    /** Frames, leaf first: function times {@value #LINES} plus line. Not to be changed. */
    int[] frames(int stack) {
        return stacks[stack];
    }

    static int function(int frame) {
        return frame / LINES;
    }

    static boolean isNative(int function) {
        return function >= FUNCTIONS;
    }

    static int line(int frame) {
        return 10 + function(frame) % 700 + 13 * (frame % LINES);
    }

    /** Goes up some frames and down others. */
    private static int[] next(int[] before, Random random) {
        int up = Math.min(random.nextInt(before.length), random.nextInt(before.length));
        int kept = Math.max(3, before.length - 1 - up);
        int length = kept + 1 + random.nextInt(Math.max(1, Math.min(20, MAX_FRAMES - kept)));
        int[] stack = new int[Math.max(MIN_FRAMES, Math.min(MAX_FRAMES, length))];
        int common = Math.min(kept, stack.length - 1);
        System.arraycopy(before, before.length - common, stack, stack.length - common, common);
        boolean endsNative = random.nextInt(3) == 0;
        for (int i = 0; i < stack.length - common; i++) {
            stack[i] = frame(random, endsNative && i < NATIVE_FRAMES);
        }
        return stack;
    }

    private static int frame(Random random, boolean isNative) {
        double bias = Math.pow(random.nextDouble(), BIAS);
        int function = isNative ? FUNCTIONS + (int) (NATIVE_FUNCTIONS * bias) : (int) (FUNCTIONS * bias);
        double line = random.nextDouble();
        return function * LINES + (int) (LINES * line * line);
    }
}
