package io.stackhouse.processor.resourcedetection;

import io.stackhouse.pipeline.batch.AttributeValue;
import io.stackhouse.pipeline.batch.Attributes;
import java.util.Map;

/** host.name, host.id, host.arch and os.type. */
final class HostSource implements AttributeSource {
    private final Machine machine;
    private final Map<String, String> environment;

    HostSource(Machine machine, Map<String, String> environment) {
        this.machine = machine;
        this.environment = environment;
    }

    @Override
    public void detect(Attributes into) {
        String name = machine.firstLine("proc/sys/kernel/hostname");
        add(into, "host.name", name.isEmpty() ? environment.getOrDefault("HOSTNAME", "") : name);
        String id = machine.firstLine("etc/machine-id");
        add(into, "host.id", id.isEmpty() ? machine.firstLine("var/lib/dbus/machine-id") : id);
        add(into, "host.arch", machine.hostArch());
        add(into, "os.type", machine.osType());
    }

    static void add(Attributes into, String key, String value) {
        if (!value.isEmpty()) {
            into.putIfAbsent(key, AttributeValue.of(value));
        }
    }
}
