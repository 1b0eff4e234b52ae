package io.stackhouse.processor.resourcedetection;

import io.stackhouse.pipeline.batch.Attributes;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * container.id of the container that the collector runs in. With cgroups of version 1 it is in the name of the own cgroup. With version 2
 * that name is only {@code /}, and the id stands in the paths of files that the runtime mounts into each container, such as
 * /etc/hostname.
 */
final class ContainerSource implements AttributeSource {
    private static final Pattern IN_CGROUP = Pattern.compile("[/:-]([0-9a-f]{64})(?:\\.scope)?$");
    private static final Pattern IN_MOUNT = Pattern.compile("containers/([0-9a-f]{64})/");

    private final Machine machine;

    ContainerSource(Machine machine) {
        this.machine = machine;
    }

    @Override
    public void detect(Attributes into) {
        String id = found("proc/self/cgroup", IN_CGROUP);
        HostSource.add(into, "container.id", id.isEmpty() ? found("proc/self/mountinfo", IN_MOUNT) : id);
    }

    private String found(String path, Pattern pattern) {
        for (String line : machine.lines(path)) {
            Matcher matcher = pattern.matcher(line);
            if (matcher.find()) {
                return matcher.group(1);
            }
        }
        return "";
    }
}
