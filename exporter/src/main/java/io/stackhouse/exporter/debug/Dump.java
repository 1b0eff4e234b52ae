package io.stackhouse.exporter.debug;

import io.stackhouse.exporter.debug.DebugConfig.Verbosity;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.SpanBatch;

/** Batches as text. Stateless; any thread that may read the batch. */
final class Dump {
    private Dump() {}

    static String of(Batch batch, DebugConfig config) {
        Text text = new Text();
        if (batch instanceof ProfileBatch profiles) {
            ProfileDump dump = new ProfileDump(profiles, text, config.maxItems());
            dump.summary();
            if (config.verbosity() == Verbosity.NORMAL) {
                dump.profiles();
            } else if (config.verbosity() == Verbosity.DETAILED) {
                dump.details();
            }
        } else {
            SpanDump dump = new SpanDump((SpanBatch) batch, text, config.maxItems());
            dump.summary();
            if (config.verbosity() == Verbosity.NORMAL) {
                dump.spans();
            } else if (config.verbosity() == Verbosity.DETAILED) {
                dump.details();
            }
        }
        return text.toString();
    }
}
