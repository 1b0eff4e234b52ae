package io.stackhouse.cli.bench;

import java.io.PrintWriter;
import java.util.Locale;

/** Says on the standard error what is being done, with the time since the start. Any thread. */
final class Progress {

    private static final double NANOS = 1e9;

    private final PrintWriter err;
    private final long beginNanos = System.nanoTime();

    Progress(PrintWriter err) {
        this.err = err;
    }

    void say(String what) {
        err.println(String.format(Locale.ROOT, "bench: %4.0f s  %s", seconds(), what));
        err.flush();
    }

    double seconds() {
        return (System.nanoTime() - beginNanos) / NANOS;
    }
}
