package io.stackhouse.processor.resourcedetection;

import io.stackhouse.pipeline.batch.Attributes;
import java.util.Map;

/** os.type, os.name, os.version and os.description. */
final class OsSource implements AttributeSource {
    private final Machine machine;

    OsSource(Machine machine) {
        this.machine = machine;
    }

    @Override
    public void detect(Attributes into) {
        Map<String, String> release = machine.osRelease();
        HostSource.add(into, "os.type", machine.osType());
        HostSource.add(into, "os.name", release.getOrDefault("NAME", ""));
        HostSource.add(into, "os.version", release.getOrDefault("VERSION_ID", ""));
        String kernel = machine.firstLine("proc/sys/kernel/osrelease");
        String pretty = release.getOrDefault("PRETTY_NAME", "");
        boolean hasBoth = !pretty.isEmpty() && !kernel.isEmpty();
        HostSource.add(into, "os.description", pretty + (hasBoth ? ", kernel " : "") + kernel);
    }
}
