package io.stackhouse.collector.graph;

import io.stackhouse.pipeline.Ack;
import io.stackhouse.pipeline.DoorKeeper;
import io.stackhouse.pipeline.Inlet;
import io.stackhouse.pipeline.RefusedException;
import io.stackhouse.pipeline.Request;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The door of a pipeline some of whose processors decide there, before the journal. Any thread. */
final class GuardedInlet implements Inlet {
    private final List<DoorKeeper> keepers;
    private final Inlet pipeline;

    private GuardedInlet(List<DoorKeeper> keepers, Inlet pipeline) {
        this.keepers = List.copyOf(keepers);
        this.pipeline = pipeline;
    }

    /** The pipeline itself when nobody keeps its door. */
    static Inlet of(List<DoorKeeper> keepers, Inlet pipeline) {
        return keepers.isEmpty() ? pipeline : new GuardedInlet(keepers, pipeline);
    }

    @Override
    public void submit(Request request, Ack ack) {
        for (DoorKeeper keeper : keepers) {
            RefusedException refusal = keeper.admit(request);
            if (refusal != null) {
                ack.refused(refusal);
                return;
            }
        }
        pipeline.submit(request, ack);
    }

    @Override
    public @Nullable RefusedException refusal() {
        for (DoorKeeper keeper : keepers) {
            RefusedException refusal = keeper.refusal();
            if (refusal != null) {
                return refusal;
            }
        }
        return pipeline.refusal();
    }
}
