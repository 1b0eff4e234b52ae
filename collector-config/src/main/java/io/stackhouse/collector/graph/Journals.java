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
import org.jspecify.annotations.Nullable;

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
     * Where and how a pipeline keeps its requests.
     *
     * @param folder null in memory
     */
    record Plan(JournalConfig config, @Nullable Path folder) {
        /** Whether both lie in the same folder, so that one can't be opened while the other is. */
        boolean isInFolderOf(Plan other) {
            return folder != null && folder.equals(other.folder);
        }
    }

    /**
     * Decides where.
     *
     * @param isDurableWanted by an exporter of the pipeline
     * @param pipeline its id
     */
    Plan plan(JournalConfig config, boolean isDurableWanted, String pipeline) {
        if (!config.isOnDisk(isDurableWanted)) {
            return new Plan(config, null);
        }
        String directory = config.directory();
        Path folder = directory == null || directory.isEmpty() ? defaultFolder : Path.of(directory);
        return new Plan(config, folder.resolve(pipeline.replace('/', '_')));
    }

    /**
     * Makes one that is not started.
     *
     * @param telemetry named like the pipeline
     */
    Journal journal(Plan plan, Telemetry telemetry) {
        JournalConfig config = plan.config();
        long memoryBytes = config.maxSize().bytes();
        Path folder = plan.folder();
        if (folder == null) {
            return new MemoryJournal(memoryBytes, telemetry);
        }
        JournalSettings settings = JournalSettings.sized(config.maxDiskSize().bytes(), memoryBytes)
                .with(
                        config.whenFull(),
                        config.duplicateWindow().toNanos(),
                        config.maxAge().toNanos());
        return DiskJournal.of(folder, settings, OtlpDecoder::decode, telemetry);
    }
}
