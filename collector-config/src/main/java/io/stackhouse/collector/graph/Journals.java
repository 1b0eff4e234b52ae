package io.stackhouse.collector.graph;

import io.stackhouse.collector.config.JournalConfig;
import io.stackhouse.pipeline.Clock;
import io.stackhouse.pipeline.log.DiskJournal;
import io.stackhouse.pipeline.log.Journal;
import io.stackhouse.pipeline.log.JournalSettings;
import io.stackhouse.pipeline.log.MemoryJournal;
import io.stackhouse.pipeline.otlp.OtlpDecoder;
import java.nio.file.Path;

/** Makes a pipeline's journal as its configuration says. Stateless. */
final class Journals {
    private static final long MAX_SEGMENT_BYTES = 64L << 20;
    private static final int SEGMENTS = 4;

    private Journals() {}

    static Journal open(String pipelineId, JournalConfig config, Clock clock) {
        String directory = config.directory();
        if (directory == null || directory.isEmpty()) {
            return new MemoryJournal(config.maxSize().bytes());
        }
        JournalSettings defaults = JournalSettings.defaults();
        long diskBytes = config.maxDiskSize().bytes();
        JournalSettings settings = new JournalSettings(
                diskBytes,
                config.maxSize().bytes(),
                Math.min(MAX_SEGMENT_BYTES, diskBytes / SEGMENTS),
                config.whenFull(),
                defaults.duplicateWindowNanos(),
                defaults.maxBodyBytes());
        return DiskJournal.of(Path.of(directory, pipelineId.replace('/', '_')), settings, OtlpDecoder::decode, clock);
    }
}
