package io.stackhouse.processor.filter;

import io.opentelemetry.proto.trace.v1.Span;
import io.stackhouse.pipeline.batch.Attributes;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.ProfileHeader;
import io.stackhouse.pipeline.batch.Resource;
import io.stackhouse.pipeline.batch.Scope;
import org.jspecify.annotations.Nullable;

/** Where a condition looks: the item that is being decided about, and what it belongs to. One thread. */
final class Cursor {
    static final int NO_LINE = -1;

    Resource resource = new Resource(new Attributes(), "");
    Scope scope = new Scope("", "", new Attributes(), "");
    Span span = Span.getDefaultInstance();

    private @Nullable ProfileBatch batch;
    private @Nullable ProfileHeader profile;
    private long openings;
    int sample;
    int location;
    /** Position of a line in the dictionary, or NO_LINE. */
    int line = NO_LINE;

    void open(ProfileBatch opened) {
        batch = opened;
        openings++;
    }

    /** How often profiles were opened: what was remembered under another number is of another batch. */
    long openings() {
        return openings;
    }

    void open(ProfileHeader opened) {
        profile = opened;
        resource = batch().resource(opened.resource());
        scope = opened.scope();
    }

    /** Lets go of what was opened. */
    void close() {
        batch = null;
        profile = null;
        span = Span.getDefaultInstance();
    }

    ProfileBatch batch() {
        if (batch == null) {
            throw new IllegalStateException("no profiles are open");
        }
        return batch;
    }

    ProfileHeader profile() {
        if (profile == null) {
            throw new IllegalStateException("no profile is open");
        }
        return profile;
    }
}
