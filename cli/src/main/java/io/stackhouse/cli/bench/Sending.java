package io.stackhouse.cli.bench;

import io.stackhouse.cli.load.Load;
import io.stackhouse.cli.load.Load.Pace;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** A load that is sent by a thread of its own while its starter measures. */
final class Sending {

    private final FutureTask<Boolean> work;

    /** Begins. */
    Sending(Load load, Pace pace, long nanos) {
        work = new FutureTask<>(() -> {
            load.send(pace, nanos);
            return true;
        });
        Thread thread = new Thread(work, "load");
        thread.setDaemon(true);
        thread.start();
    }

    /** Waits until all have their answers. */
    void join() throws InterruptedException {
        try {
            work.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the load ended early", e);
        }
    }
}
