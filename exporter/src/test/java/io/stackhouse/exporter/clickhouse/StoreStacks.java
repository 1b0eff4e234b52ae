package io.stackhouse.exporter.clickhouse;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** The made stacks of one service: paths down a tree of calls. The same for the same seed. */
final class StoreStacks {
    private static final int FUNCTIONS = 1_275;
    private static final int NATIVE_FUNCTIONS = 200;
    private static final int MAX_DEPTH = 90;
    private static final int MIN_DEPTH = 5;
    private static final int LINES_PER_FUNCTION = 3;

    private final int service;
    /** Each stack's locations, leaf first: function * {@value #LINES_PER_FUNCTION} + line. */
    private final int[][] stacks;

    StoreStacks(long seed, int service, int count) {
        this.service = service;
        this.stacks = new int[count][];
        Random random = new Random(seed);
        int[] before = root(random);
        for (int i = 0; i < count; i++) {
            before = next(before, random);
            stacks[i] = before;
        }
        // A stack's neighbours are alike; its place must not tell how often it is chosen.
        for (int i = count - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            int[] kept = stacks[i];
            stacks[i] = stacks[other];
            stacks[other] = kept;
        }
    }

    int count() {
        return stacks.length;
    }

    private static int[] root(Random random) {
        int[] stack = new int[30];
        Arrays.setAll(stack, i -> location(random, i < 4));
        return stack;
    }

    /** Goes up some frames and down others: most of a stack is that of its neighbour. */
    private static int[] next(int[] before, Random random) {
        int kept =
                Math.max(3, before.length - 1 - Math.min(random.nextInt(before.length), random.nextInt(before.length)));
        int depth = kept + 1 + random.nextInt(Math.max(1, Math.min(24, MAX_DEPTH - kept)));
        int[] stack = new int[Math.max(MIN_DEPTH, Math.min(MAX_DEPTH, depth))];
        int common = Math.min(kept, stack.length - 1);
        for (int i = 0; i < common; i++) {
            stack[stack.length - 1 - i] = before[before.length - 1 - i];
        }
        boolean endsNative = random.nextInt(3) == 0;
        for (int i = 0; i < stack.length - common; i++) {
            stack[i] = location(random, endsNative && i < 4);
        }
        return stack;
    }

    private static int location(Random random, boolean isNative) {
        double bias = random.nextDouble();
        int function =
                isNative ? FUNCTIONS + (int) (NATIVE_FUNCTIONS * bias * bias) : (int) (FUNCTIONS * Math.pow(bias, 1.5));
        double line = random.nextDouble();
        return function * LINES_PER_FUNCTION + (int) (LINES_PER_FUNCTION * line * line);
    }

    String functionName(int function) {
        if (function >= FUNCTIONS) {
            return "native_call_" + (function - FUNCTIONS);
        }
        return "com.example." + StoreWorkload.serviceName(service).replace('-', '.') + ".package" + function % 40
                + ".Type" + function % 260 + ".method" + function;
    }

    Used use(Profiles profiles) {
        return new Used(profiles);
    }

    /** The stacks that one batch uses, put into its dictionary as they come. */
    final class Used {
        private final Profiles profiles;
        private final int[] indices = new int[stacks.length];
        private final int[] locations = new int[(FUNCTIONS + NATIVE_FUNCTIONS) * LINES_PER_FUNCTION];
        private final int nativeType;
        private final int managedType;
        private final int[] mappings = new int[3];

        private Used(Profiles profiles) {
            this.profiles = profiles;
            nativeType = profiles.attribute("profile.frame.type", "native");
            managedType = profiles.attribute("profile.frame.type", "jvm");
            for (int i = 0; i < mappings.length; i++) {
                int buildId = profiles.attribute(
                        "process.executable.build_id.gnu", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1" + i);
                mappings[i] = profiles.mapping("/usr/lib/x86_64-linux-gnu/lib" + "cmz".charAt(i) + ".so.6", buildId);
            }
        }

        int stack(int index) {
            if (indices[index] == 0) {
                int[] stack = stacks[index];
                int[] frames = new int[stack.length];
                for (int i = 0; i < frames.length; i++) {
                    frames[i] = location(stack[i]);
                }
                indices[index] = profiles.stack(frames);
            }
            return indices[index];
        }

        private int location(int key) {
            if (locations[key] == 0) {
                int function = key / LINES_PER_FUNCTION;
                int line = 10 + function % 700 + 13 * (key % LINES_PER_FUNCTION);
                locations[key] = function < FUNCTIONS ? managed(function, line) : ofMapping(function - FUNCTIONS, line);
            }
            return locations[key];
        }

        private int managed(int function, int line) {
            String file = "Type" + function % 260 + ".java";
            String system = functionName(function) + "(Ljava/lang/Object;)V";
            int row = profiles.function(functionName(function), system, file, 10 + function % 700);
            return profiles.location(0, 0, List.of(new Profiles.Line(row, line, 0)), managedType);
        }

        private int ofMapping(int function, int line) {
            int outer = profiles.function(
                    functionName(FUNCTIONS + function), "_Znative" + function, "native" + function % 20 + ".cc", 5);
            List<Profiles.Line> lines = new ArrayList<>();
            if (function % 4 == 0) {
                lines.add(new Profiles.Line(
                        profiles.function("inlined_" + function, "_Zinl" + function, "inline.h", 3), line + 2, 7));
            }
            lines.add(new Profiles.Line(outer, line, 5));
            long address = 0x40000L + function * 0x1234L + line;
            return profiles.location(mappings[function % mappings.length], address, lines, nativeType);
        }
    }
}
