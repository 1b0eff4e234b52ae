package io.stackhouse.agent.process;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The control groups of processes that were read, by the kernel's number, so that processes that end at once still belong to their container. */
final class KnownCgroups {
    private static final int MAX = 1024;

    private final LinkedHashMap<Long, ProcessCgroup> byId = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, ProcessCgroup> eldest) {
            return size() > MAX;
        }
    };

    /** Only the unified hierarchy: on others all processes have the number of its root. */
    void learn(long cgroupId, @Nullable ProcessCgroup cgroup) {
        if (cgroupId > 1 && cgroup != null && cgroup.isUnified()) {
            byId.put(cgroupId, cgroup);
        }
    }

    @Nullable
    ProcessCgroup find(long cgroupId) {
        return byId.get(cgroupId);
    }
}
