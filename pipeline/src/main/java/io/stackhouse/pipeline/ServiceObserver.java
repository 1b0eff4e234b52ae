package io.stackhouse.pipeline;

/** An extension that is told what runs: called before its start, and again when other pipelines run after a reload. */
public interface ServiceObserver extends Extension {
    /** Shows the service, which may be asked from now on by any thread. */
    void observe(ServiceStatus service);
}
