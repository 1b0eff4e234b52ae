package io.stackhouse.cli.load;

import java.util.concurrent.TimeUnit;

/** What async-profiler samples: encodes fleets for so many milliseconds. */
final class EncodingMain {

    private EncodingMain() {}

    /** Takes the number of milliseconds. */
    public static void main(String[] arguments) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Long.parseLong(arguments[0]));
        long bytes = 0;
        for (long seed = 0; System.nanoTime() - end < 0; seed++) {
            bytes += FleetRequests.encode(FleetSettings.usual(seed)).content(0).bytes();
        }
        if (bytes == 0) {
            throw new IllegalStateException("nothing was encoded");
        }
    }
}
