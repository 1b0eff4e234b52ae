package io.stackhouse.pipeline;

import java.util.List;

/** What runs, and how it is at the moment it is asked; for extensions that show or judge it. Any thread; answers soon. */
public interface ServiceStatus {
    /** Where the service is in its life. */
    enum Phase {
        STARTING,
        RUNNING,
        STOPPING
    }

    Phase phase();

    List<PipelineStatus> pipelines();

    /** In the order of their start. */
    List<ComponentId> extensions();
}
