package io.stackhouse.agent;

import java.io.IOException;

/** Tells when standard input ends, which is when the parent process has ended. A daemon thread: nothing is lost with it. */
final class StdinWatch {
    private final Thread thread;

    StdinWatch(Runnable atEnd) {
        thread = new Thread(
                () -> {
                    readToEnd();
                    atEnd.run();
                },
                "stackhouse-stdin");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private static void readToEnd() {
        byte[] ignored = new byte[256];
        try {
            while (System.in.read(ignored) >= 0) {
                // What comes has no meaning, only its end.
            }
        } catch (IOException e) {
            // An unreadable standard input has ended as well.
            return;
        }
    }
}
