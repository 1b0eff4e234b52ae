package io.stackhouse.processor.memorylimiter;

import com.sun.management.GarbageCollectorMXBean;
import com.sun.management.GcInfo;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The heap of this JVM. What is used now counts garbage too, and says little; so the usage that the last collection left is taken, of
 * whichever collector ran last. Before the first collection it is what is used now.
 */
final class OwnHeap implements HeapUsage {
    private final MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    private final List<GarbageCollectorMXBean> collectors =
            ManagementFactory.getPlatformMXBeans(GarbageCollectorMXBean.class);
    private final List<String> heapPools = new ArrayList<>();

    OwnHeap() {
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            if (pool.getType() == MemoryType.HEAP) {
                heapPools.add(pool.getName());
            }
        }
    }

    @Override
    public long usedBytes() {
        long now = memory.getHeapMemoryUsage().getUsed();
        GcInfo last = lastCollection();
        return last == null ? now : Math.min(now, usedAfter(last));
    }

    private @Nullable GcInfo lastCollection() {
        GcInfo last = null;
        for (GarbageCollectorMXBean collector : collectors) {
            GcInfo info = collector.getLastGcInfo();
            if (info != null && (last == null || info.getEndTime() > last.getEndTime())) {
                last = info;
            }
        }
        return last;
    }

    private long usedAfter(GcInfo collection) {
        Map<String, MemoryUsage> pools = collection.getMemoryUsageAfterGc();
        long used = 0;
        for (String pool : heapPools) {
            MemoryUsage usage = pools.get(pool);
            used += usage == null ? 0 : usage.getUsed();
        }
        return used;
    }

    @Override
    public void collect() {
        memory.gc();
    }

    @Override
    public long maxBytes() {
        return Runtime.getRuntime().maxMemory();
    }
}
