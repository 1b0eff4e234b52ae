package io.stackhouse.collector.admin;

import io.stackhouse.collector.Version;
import io.stackhouse.collector.admin.PageServer.Answer;
import io.stackhouse.collector.telemetry.RecentProblems;
import io.stackhouse.pipeline.PipelineStatus;
import io.stackhouse.pipeline.ServiceObserver;
import io.stackhouse.pipeline.ServiceStatus;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.receiver.Listening;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryUsage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Plain pages about the running service: what it consists of, how data move, what went wrong lately, threads and heap. They hold no
 * settings, so no secrets. Threads: pages on the server's own.
 */
final class Zpages implements ServiceObserver, Listening {
    private static final String SERVICE = "/debug/servicez";
    private static final String PIPELINES = "/debug/pipelinez";
    private static final String EXTENSIONS = "/debug/extensionz";
    private static final String THREADS = "/debug/threadz";
    private static final String HEAP = "/debug/heapz";
    private static final double NANOS_PER_SECOND = 1e9;

    private final ZpagesConfig config;
    private final String name;
    private volatile @Nullable ServiceStatus service;
    private @Nullable PageServer server;

    Zpages(ZpagesConfig config, Telemetry telemetry) {
        this.config = config;
        this.name = telemetry.component().toString();
    }

    @Override
    public void observe(ServiceStatus observed) {
        service = observed;
    }

    @Override
    public void start() {
        server = PageServer.start(
                name,
                config.address(),
                Map.of(
                        SERVICE, () -> html(servicePage()),
                        PIPELINES, () -> html(pipelinesPage()),
                        EXTENSIONS, () -> html(extensionsPage()),
                        THREADS, () -> html(threadsPage()),
                        HEAP, () -> html(heapPage())));
    }

    @Override
    public List<Port> ports() {
        PageServer open = server;
        return open == null ? List.of() : List.of(open.listening());
    }

    private static Answer html(Html page) {
        return new Answer(200, "text/html", page.toString());
    }

    private Html servicePage() {
        ServiceStatus observed = service;
        Duration up = Duration.ofMillis(ManagementFactory.getRuntimeMXBean().getUptime());
        Html page = new Html("Stackhouse collector")
                .table("what", "value")
                .row("version", Version.text())
                .row("state", observed == null ? "starting" : observed.phase())
                .row("up for", up)
                .row("Java", Runtime.version())
                .row("processors", Runtime.getRuntime().availableProcessors())
                .endTable();
        for (String path : List.of(PIPELINES, EXTENSIONS, THREADS, HEAP)) {
            page.link(path);
        }
        page.heading("Recent warnings and errors");
        List<String> problems = RecentProblems.lines();
        return page.preformatted(problems.isEmpty() ? "none" : String.join("\n", problems));
    }

    private Html pipelinesPage() {
        Html page = new Html("Pipelines")
                .table(
                        "pipeline",
                        "receivers",
                        "processors",
                        "exporters",
                        "pending requests",
                        "age of the oldest, s",
                        "since the last delivery, s",
                        "delivered requests",
                        "dropped requests");
        ServiceStatus observed = service;
        for (PipelineStatus pipeline : observed == null ? List.<PipelineStatus>of() : observed.pipelines()) {
            PipelineStatus.Flow flow = pipeline.flow();
            page.row(
                    pipeline.id(),
                    pipeline.parts().receivers(),
                    pipeline.parts().processors(),
                    pipeline.parts().exporters(),
                    flow.pendingRequests(),
                    seconds(flow.oldestPendingNanos()),
                    seconds(flow.sinceProgressNanos()),
                    flow.deliveredRequests(),
                    flow.droppedRequests());
        }
        return page.endTable();
    }

    private static double seconds(long nanos) {
        return Math.round(nanos / NANOS_PER_SECOND * 10) / 10.0;
    }

    private Html extensionsPage() {
        Html page = new Html("Extensions").table("extension");
        ServiceStatus observed = service;
        if (observed != null) {
            observed.extensions().forEach(page::row);
        }
        return page.endTable();
    }

    private static Html threadsPage() {
        Html page = new Html("Threads");
        Map<String, String> byName = new TreeMap<>();
        Thread.getAllStackTraces().forEach((thread, stack) -> {
            StringBuilder text = new StringBuilder();
            text.append('"')
                    .append(thread.getName())
                    .append("\" ")
                    .append(thread.getState())
                    .append('\n');
            for (StackTraceElement frame : stack) {
                text.append("    at ").append(frame).append('\n');
            }
            byName.put(thread.getName() + " " + thread.getId(), text.toString());
        });
        return page.preformatted(String.join("\n", byName.values()));
    }

    private static Html heapPage() {
        Html page = new Html("Heap").table("pool", "used, bytes", "committed, bytes", "at most, bytes");
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            MemoryUsage usage = pool.getUsage();
            page.row(pool.getName(), usage.getUsed(), usage.getCommitted(), usage.getMax());
        }
        page.endTable().heading("Collections").table("collector", "count", "milliseconds");
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            page.row(collector.getName(), collector.getCollectionCount(), collector.getCollectionTime());
        }
        return page.endTable();
    }

    @Override
    public void close() {
        PageServer open = server;
        server = null;
        if (open != null) {
            open.close();
        }
    }
}
