package io.stackhouse.pipeline;

import org.jspecify.annotations.Nullable;

/**
 * A {@link Processor} that decides at the door of its pipeline, wherever it stands among the stages: before a request is kept, so
 * that what it refuses costs next to nothing and the client keeps it.
 *
 * <p>Threads: any, several at a time; answers at once.
 */
public interface DoorKeeper {
    /** Why requests are turned away now, or null when they may come in. Asked before a request's body is read. */
    @Nullable
    RefusedException refusal();

    /** The same for a request that has been decoded meanwhile; its items are counted as accepted or refused. */
    @Nullable
    RefusedException admit(Request request);
}
