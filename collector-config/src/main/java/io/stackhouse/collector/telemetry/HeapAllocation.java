package io.stackhouse.collector.telemetry;

import com.sun.management.GarbageCollectionNotificationInfo;
import com.sun.management.GcInfo;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;

/**
 * How many bytes of heap were ever allocated: what is used, and what collections have freed. Threads that have ended count too, which the JVM's own figures per thread leave out.
 *
 * <p>Any thread; collections are told of by a thread of the JVM, perhaps after the heap was looked at, so that the figure never goes back.
 */
final class HeapAllocation {
    private final Set<String> heapPools = ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .map(MemoryPoolMXBean::getName)
            .collect(Collectors.toUnmodifiableSet());
    private final AtomicLong freedBytes = new AtomicLong();
    private final AtomicLong mostBytes = new AtomicLong();

    /** Counts from now on. */
    static HeapAllocation start() {
        HeapAllocation allocation = new HeapAllocation();
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            if (collector instanceof NotificationEmitter emitter) {
                emitter.addNotificationListener(
                        (notification, handback) -> {
                            if (notification.getUserData() instanceof CompositeData data) {
                                allocation.add(GarbageCollectionNotificationInfo.from(data)
                                        .getGcInfo());
                            }
                        },
                        notification -> notification
                                .getType()
                                .equals(GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION),
                        null);
            }
        }
        return allocation;
    }

    long bytes() {
        long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        return mostBytes.accumulateAndGet(used + freedBytes.get(), Math::max);
    }

    private void add(GcInfo collection) {
        freedBytes.addAndGet(
                heapBytes(collection.getMemoryUsageBeforeGc()) - heapBytes(collection.getMemoryUsageAfterGc()));
    }

    private long heapBytes(Map<String, MemoryUsage> pools) {
        return pools.entrySet().stream()
                .filter(pool -> heapPools.contains(pool.getKey()))
                .mapToLong(pool -> pool.getValue().getUsed())
                .sum();
    }
}
