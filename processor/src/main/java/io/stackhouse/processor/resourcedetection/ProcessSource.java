package io.stackhouse.processor.resourcedetection;

import io.stackhouse.pipeline.batch.AttributeValue;
import io.stackhouse.pipeline.batch.Attributes;

/** The collector's own process and its runtime. */
final class ProcessSource implements AttributeSource {
    @Override
    public void detect(Attributes into) {
        ProcessHandle process = ProcessHandle.current();
        into.putIfAbsent("process.pid", AttributeValue.of(process.pid()));
        process.parent().ifPresent(parent -> into.putIfAbsent("process.parent_pid", AttributeValue.of(parent.pid())));
        ProcessHandle.Info info = process.info();
        info.startInstant().ifPresent(start -> HostSource.add(into, "process.creation.time", start.toString()));
        String path = info.command().orElse("");
        HostSource.add(into, "process.executable.name", path.substring(path.lastIndexOf('/') + 1));
        HostSource.add(into, "process.executable.path", path);
        HostSource.add(into, "process.owner", info.user().orElse(""));
        HostSource.add(into, "process.command_line", info.commandLine().orElse(""));
        HostSource.add(into, "process.runtime.name", System.getProperty("java.runtime.name", ""));
        HostSource.add(into, "process.runtime.version", System.getProperty("java.runtime.version", ""));
        String description = System.getProperty("java.vm.vendor", "") + " " + System.getProperty("java.vm.name", "")
                + " " + System.getProperty("java.vm.version", "");
        HostSource.add(into, "process.runtime.description", description.strip());
    }
}
