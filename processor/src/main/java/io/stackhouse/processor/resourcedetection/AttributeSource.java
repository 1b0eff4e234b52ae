package io.stackhouse.processor.resourcedetection;

import io.stackhouse.pipeline.batch.Attributes;

/** Knows some resource attributes. Asked once, by the thread that starts the processor; may read files, doesn't wait. */
@FunctionalInterface
public interface AttributeSource {
    /** Adds what it knows where {@code into} doesn't have it; what can't be found out is left out. */
    void detect(Attributes into);
}
