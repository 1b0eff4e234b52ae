package io.stackhouse.collector.graph;

import io.stackhouse.collector.config.JournalConfig;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.log.DiskJournal;
import io.stackhouse.pipeline.log.Journal;
import io.stackhouse.pipeline.log.JournalSettings;
import io.stackhouse.pipeline.log.MemoryJournal;
import io.stackhouse.pipeline.otlp.OtlpDecoder;
import java.nio.file.Path;
import java.util.Map;

/** Makes a pipeline's journal as its configuration says. Immutable. */
public final class Journals {
    private final Path defaultFolder;

    /** Those without a directory of their own lie in {@code defaultFolder}. */
    public Journals(Path defaultFolder) {
        this.defaultFolder = defaultFolder;
    }

    /** In the folder that systemd gives its services, else below the working directory. */
    public static Journals of(Map<String, String> environment) {
        String given = environment.getOrDefault("STATE_DIRECTORY", "");
        // systemd gives several, with colons between them, when a unit names several.
        String first = given.split(":", -1)[0];
        return new Journals(first.isEmpty() ? Path.of("data", "journal") : Path.of(first, "journal"));
    }

    /**
     * Makes one that is not started.
     *
     * @param isDurableWanted by an exporter of the pipeline
     * @param telemetry named like the pipeline
     */
    Journal journal(JournalConfig config, boolean isDurableWanted, Telemetry telemetry) {
        long memoryBytes = config.maxSize().bytes();
        if (!config.isOnDisk(isDurableWanted)) {
            return new MemoryJournal(memoryBytes, telemetry);
        }
        JournalSettings settings = JournalSettings.sized(config.maxDiskSize().bytes(), memoryBytes)
                .with(
                        config.whenFull(),
                        config.duplicateWindow().toNanos(),
                        config.maxAge().toNanos());
        String directory = config.directory();
        Path folder = directory == null || directory.isEmpty() ? defaultFolder : Path.of(directory);
        String name = telemetry.component().toString().replace('/', '_');
        return DiskJournal.of(folder.resolve(name), settings, OtlpDecoder::decode, telemetry);
    }
}
