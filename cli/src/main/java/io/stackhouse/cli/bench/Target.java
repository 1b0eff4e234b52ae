package io.stackhouse.cli.bench;

import io.stackhouse.cli.Child;
import io.stackhouse.cli.load.Load;
import io.stackhouse.cli.load.ProcessUsage;
import io.stackhouse.cli.load.Requests;
import io.stackhouse.cli.load.Sender;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A process that is measured, with the load that goes to it. One thread; {@link #close} ends the load's connections, the process is its starter's.
 */
final class Target implements AutoCloseable {

    private final String title;
    private final Child process;
    private final @Nullable Child store;
    private final @Nullable Stage stage;
    private final int metricsPort;
    private final Sender sender;
    private final Load load;
    private long peakResidentBytes;
    private final List<Load> loads = new ArrayList<>();

    /**
     * A target.
     *
     * @param stage null for one that has no metrics
     * @param store the ClickHouse behind it, if any
     */
    Target(
            String title,
            Child process,
            @Nullable Child store,
            @Nullable Stage stage,
            int metricsPort,
            Sender sender,
            Requests requests) {
        this.title = title;
        this.process = process;
        this.store = store;
        this.stage = stage;
        this.metricsPort = metricsPort;
        this.sender = sender;
        this.load = another(requests);
    }

    /** Another load to it; ended by {@link #close} at the latest. */
    Load another(Requests others) {
        Load another = new Load(others, sender, loads.size() + 1);
        loads.add(another);
        return another;
    }

    /** Over all loads. */
    long acceptedSamples() {
        return loads.stream()
                .mapToLong(each -> each.figures().acceptedSamples())
                .sum();
    }

    long acceptedRequests() {
        return loads.stream()
                .mapToLong(each -> each.figures().acceptedRequests())
                .sum();
    }

    /** Rejected, or without an answer. */
    long doubtfulRequests() {
        return loads.stream()
                .map(Load::figures)
                .mapToLong(figures -> figures.rejectedRequests() + figures.unansweredRequests())
                .sum();
    }

    /** The sum of all values that were accepted. */
    long acceptedValues() {
        return loads.stream().mapToLong(each -> each.figures().acceptedValues()).sum();
    }

    long refusals() {
        return loads.stream().mapToLong(each -> each.figures().refusals()).sum();
    }

    /**
     * What it has done until a moment.
     *
     * @param samples that went through the first stage behind the journal, or through all there is
     * @param allocatedBytes of heap, 0 where nobody counts them
     * @param store what ClickHouse has used, where it is there
     */
    record Reading(
            double samples,
            double allocatedBytes,
            ProcessUsage usage,
            ProcessUsage own,
            @Nullable ProcessUsage store) {}

    Reading read() throws IOException {
        ProcessUsage own = ProcessUsage.of(ProcessHandle.current().pid());
        ProcessUsage usage = ProcessUsage.of(pid());
        peakResidentBytes = Math.max(peakResidentBytes, usage.residentBytes());
        if (stage == null) {
            return new Reading(acceptedSamples(), 0, usage, own, null);
        }
        Scrape scrape = Scrape.of(metricsPort);
        double allocated = scrape.sum("otelcol_process_runtime_total_alloc_bytes");
        ProcessUsage ofStore = store == null ? null : ProcessUsage.ofTree(store.pid());
        return new Reading(processed(scrape), allocated, usage, own, ofStore);
    }

    /** The most physical memory of all readings. */
    long peakResidentBytes() {
        return peakResidentBytes;
    }

    Scrape scrape() throws IOException {
        return Scrape.of(metricsPort);
    }

    /** Samples that are through: at the first processor, or else at the exporter. */
    double processed(Scrape scrape) {
        return stage != null && stage.hasProcessors()
                ? scrape.sum("otelcol_processor_incoming_items", "processor=\"aggregate\"")
                : scrape.sum("otelcol_exporter_sent_profile_samples");
    }

    String title() {
        return title;
    }

    /** As its process is called in profiles of it. */
    String name() {
        return process.name();
    }

    @Nullable
    Stage stage() {
        return stage;
    }

    long pid() {
        return process.pid();
    }

    Load load() {
        return load;
    }

    @Override
    public void close() {
        loads.forEach(Load::close);
        sender.close();
    }
}
