package io.stackhouse.cli.bench;

import io.stackhouse.cli.bench.BenchSettings.Part;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;

/** Runs the parts in their order. One thread. */
final class Bench {

    private final BenchSettings settings;
    private final Progress progress;
    private final Results results = new Results();

    Bench(BenchSettings settings, Progress progress) {
        this.settings = settings;
        this.progress = progress;
    }

    Results run(Programs programs) throws IOException, InterruptedException {
        results.setting("rounds", Integer.toString(settings.rounds()));
        results.setting("seconds", Integer.toString(settings.seconds()));
        results.setting("seed", Long.toString(settings.seed()));
        FileStore disk = Files.getFileStore(settings.folder());
        if (disk.type().equals("tmpfs")) {
            results.note("The folder lies in memory (tmpfs): figures of journals and syncs say nothing of a disk.");
        }
        if (settings.parts().contains(Part.PIPELINE)) {
            new PipelineBench(settings, results, progress).run(programs);
            programs.stopAll();
        }
        if (settings.parts().contains(Part.STORE)) {
            new StoreBench(settings, results, progress).run(programs);
            programs.stopAll();
        }
        if (settings.parts().contains(Part.AGENT)) {
            new AgentBench(settings, results, progress).run(programs);
            programs.stopAll();
        }
        if (settings.parts().contains(Part.SOAK)) {
            new SoakBench(settings, results, progress).run(programs);
        }
        results.setting("took", Math.round(progress.seconds()) + " s");
        return results;
    }
}
