package io.stackhouse.agent;

import io.stackhouse.agent.context.ContextCounters;
import io.stackhouse.agent.export.SenderCounters;
import io.stackhouse.agent.jvm.JvmCounters;
import io.stackhouse.agent.libbpf.KernelClock;
import io.stackhouse.agent.metrics.MetricsPage;
import io.stackhouse.agent.metrics.OwnMemory;
import io.stackhouse.agent.process.ProcessCounters;
import io.stackhouse.agent.sample.SampleCounters;
import io.stackhouse.agent.sample.TraceCounters;
import io.stackhouse.agent.sample.UnwindCounters;
import io.stackhouse.agent.symbol.SymbolizerCounters;
import io.stackhouse.agent.unwind.TableCounters;
import java.util.Locale;

/** The agent's metrics. Any thread. */
final class AgentPage {
    private final Agent.Parts parts;
    private final ProfilerLoop loop;

    AgentPage(Agent.Parts parts, ProfilerLoop loop) {
        this.parts = parts;
        this.loop = loop;
    }

    String render() {
        MetricsPage page = new MetricsPage();
        AgentFigures figures = loop.figures();
        page.label("info", "Version of the agent.", "version", Version.text());
        sampling(page, figures.counters());
        pageFaults(page, figures.pageFaults());
        sleeps(page, figures);
        unwinding(page, figures.counters().unwinding());
        if (parts.tables() != null) {
            tables(page, parts.tables().counters());
        }
        contexts(page, figures.counters().contexts());
        if (parts.contexts() != null) {
            processContexts(page, parts.contexts().counters());
        }
        page.counter("intervals_total", "Intervals that have ended.", figures.intervals());
        page.gauge("stacks", "Different stacks that are remembered.", figures.stacks());
        page.counter("stacks_refused_total", "New stacks that found the table full.", figures.refusedStacks());
        page.counter(
                "samples_not_captured_total",
                "Samples without frames, since a buffer was full when their stack was new.",
                figures.notCapturedSamples());
        names(page, parts.processes().counters(), parts.symbolizer().counters());
        jvms(page, parts.jvms().counters());
        export(page, parts.sender().counters());
        self(page);
        return page.toString();
    }

    private static void sampling(MetricsPage page, SampleCounters counters) {
        page.counter("samples_total", "Samples taken.", counters.samples());
        page.counter("samples_counted_total", "Samples counted in the kernel.", counters.counted());
        page.counter("samples_single_total", "Samples sent one by one.", counters.singles());
        page.counter("samples_lost_total", "Samples that found every buffer full.", counters.lost());
        page.counter("stacks_new_total", "Stacks sent at first sight.", counters.newStacks());
        page.counter("ring_full_total", "Records that the ring had no room for.", counters.ringFull());
        page.counter("known_stacks_full_total", "Stacks that the kernel could not remember.", counters.seenFull());
        page.counter("counts_full_total", "Samples that found the kernel's counts full.", counters.countsFull());
        page.counter(
                "samples_without_user_stack_total", "Samples of programs without a frame.", counters.noUserStack());
        page.counter("kernel_stacks_truncated_total", "Samples with a cut kernel stack.", counters.kernelTruncated());
        page.counter("user_stacks_truncated_total", "Samples with a cut user stack.", counters.userTruncated());
        page.counter("records_malformed_total", "Records that could not be read.", counters.malformed());
        page.counterSeconds("bpf_run_seconds_total", "Time in the BPF program.", counters.runNanos());
        page.counter("bpf_runs_total", "Runs of the BPF program that were timed.", counters.runCount());
    }

    private static void pageFaults(MetricsPage page, SampleCounters counters) {
        page.counter("page_fault_samples_total", "Samples of page faults taken.", counters.samples());
        page.counter("page_fault_samples_counted_total", "Those counted in the kernel.", counters.counted());
        page.counter("page_fault_samples_single_total", "Those sent one by one.", counters.singles());
        page.counter("page_fault_samples_traced_total", "Those sent with a context.", counters.traced());
        page.counter("page_fault_samples_lost_total", "Those that found every buffer full.", counters.lost());
        page.counterSeconds("page_fault_bpf_run_seconds_total", "Time in their BPF program.", counters.runNanos());
        page.counter("page_fault_bpf_runs_total", "Runs of it that were timed.", counters.runCount());
    }

    private static void sleeps(MetricsPage page, AgentFigures figures) {
        SampleCounters counters = figures.sleeps();
        long ended = counters.singles() + counters.traced();
        page.counter("off_cpu_samples_total", "Sleeps drawn.", counters.samples());
        page.counter("off_cpu_samples_ended_total", "Those that ended and were sent.", ended);
        page.counter("off_cpu_samples_traced_total", "Those sent with a context.", counters.traced());
        page.counter("off_cpu_samples_lost_total", "Those that found a buffer full.", counters.lost());
        page.gauge("off_cpu_samples_open", "Those that go on.", counters.samples() - ended - counters.lost());
        page.gauge("off_cpu_chance_millionths", "Chance of a sleep to be drawn.", figures.sleepChanceMillionths());
        page.counterSeconds("off_cpu_bpf_run_seconds_total", "Time in their BPF program.", counters.runNanos());
        page.counter("off_cpu_bpf_runs_total", "Runs of it that were timed.", counters.runCount());
    }

    private static void unwinding(MetricsPage page, UnwindCounters counters) {
        page.counter("stacks_folded_total", "Samples with a recursion that was folded.", counters.folded());
        page.counter("unwind_requests_total", "Requests of the unwinder for mappings and tables.", counters.needs());
        page.counter("unwind_table_steps_total", "Frames left by a rule of a table.", counters.tableSteps());
        page.counter(
                "unwind_frame_pointer_steps_total", "Frames left by the frame pointer.", counters.framePointerSteps());
        page.counter("unwind_hotspot_steps_total", "Frames of a JVM's generated code.", counters.hotspotSteps());
        for (UnwindCounters.End end : UnwindCounters.End.values()) {
            if (end != UnwindCounters.End.NONE) {
                page.counter(
                        "unwind_ended_" + end.name().toLowerCase(Locale.ROOT) + "_total",
                        end.description(),
                        counters.ended(end));
            }
        }
    }

    private static void contexts(MetricsPage page, TraceCounters counters) {
        page.counter(
                "samples_traced_total", "Samples sent one by one with the context of their thread.", counters.traced());
        page.counter("samples_untraced_total", "Samples whose context found the ring full.", counters.untraced());
        page.counter("thread_contexts_read_total", "Contexts of threads that were valid.", counters.read());
        page.counter("thread_contexts_bad_total", "Contexts of threads that made no sense.", counters.bad());
        page.counter("thread_contexts_cut_total", "Contexts of threads with too large attributes.", counters.cut());
    }

    private static void processContexts(MetricsPage page, ContextCounters counters) {
        page.gauge("process_contexts", "Processes that publish a context.", counters.processes());
        page.gauge("thread_context_processes", "Processes whose threads publish contexts.", counters.threadVariables());
        page.counter("process_contexts_read_total", "Contexts of processes read, updates too.", counters.read());
        page.counter("process_contexts_malformed_total", "Contexts of processes not decoded.", counters.malformed());
        page.counter("process_context_looks_total", "Searches for the context of a process.", counters.looks());
        page.counter("process_context_deferred_total", "Searches put off or given up.", counters.deferred());
        page.counter("process_contexts_awaited_total", "Processes whose first interval waited.", counters.awaited());
        page.counter("thread_context_unknown_keys_total", "Attributes without a name.", counters.unknownKeys());
        page.gauge("shared_traces", "1 while otel/traces_ctx_v1 is read.", counters.sharedMaps());
    }

    private static void tables(MetricsPage page, TableCounters counters) {
        page.counter("unwind_tables_loaded_total", "Tables read, each for a MiB of code.", counters.regionsLoaded());
        page.counter("unwind_tables_evicted_total", "Tables given up to make room.", counters.regionsEvicted());
        page.counter("unwind_tables_refused_total", "Tables damaged or too large.", counters.regionsRefused());
        page.gauge("unwind_tables", "Tables in the kernel.", counters.regions());
        page.gauge("unwind_tables_bytes", "Bytes of them.", counters.tableBytes());
        page.gauge("unwind_chunks_bytes", "Kernel memory taken for them.", counters.chunkBytes());
        page.gauge("unwind_modules", "Files of code that are known.", counters.modules());
        page.counter("unwind_modules_unreadable_total", "Files of code not read.", counters.modulesUnreadable());
        page.counter(
                "unwind_modules_without_table_total",
                "Files without call frame information.",
                counters.modulesWithoutTable());
        page.gauge("unwind_processes", "Processes whose mappings are in the kernel.", counters.processes());
        page.counter("unwind_processes_refused_total", "Processes that found no room.", counters.processesRefused());
        page.counter(
                "unwind_mappings_left_out_total",
                "Executable mappings beyond what is taken of a process.",
                counters.mappingsLeftOut());
        page.counter("unwind_deferred_total", "Requests set aside for lack of time.", counters.deferred());
    }

    private static void names(MetricsPage page, ProcessCounters processes, SymbolizerCounters names) {
        page.counter("processes_discovered_total", "Processes read from procfs.", processes.discovered());
        page.counter("processes_gone_total", "Processes that had ended before they were read.", processes.gone());
        page.counter("processes_denied_total", "Files of processes not read for lack of rights.", processes.denied());
        page.counter("processes_evicted_total", "Living processes forgotten for lack of room.", processes.evicted());
        page.counter("frames_total", "Frames of new stacks.", names.frames());
        page.counter("frames_named_total", "Frames of new stacks that have a name.", names.namedFrames());
        page.counter("frames_unmapped_total", "Frames of new stacks in no mapping.", names.unmappedFrames());
        page.counter("symbol_tables_read_total", "Symbol tables read.", names.symbolTablesRead());
        page.counter("lines_asked_total", "Frames whose lines were asked for.", names.linesAsked());
        page.counter("lines_refused_total", "Frames that found the queue for lines full.", names.linesRefused());
        page.counter("lines_found_total", "Frames that debug information named or placed.", names.linesFound());
        page.counter("lines_unreadable_total", "Debug information that was not read.", names.linesUnreadable());
        page.counter("files_unreadable_total", "Executable files that could not be read.", names.filesUnreadable());
    }

    private static void jvms(MetricsPage page, JvmCounters jvms) {
        page.counter("jvms_found_total", "JVMs whose stacks are walked.", jvms.found());
        page.counter("jvms_not_readable_total", "Looks at a JVM that led to nothing.", jvms.notReadable());
        page.counter("jvm_frames_total", "Frames of new stacks in a JVM's code.", jvms.frames());
        page.counter("jvm_frames_inlined_total", "Frames of methods inlined into them.", jvms.inlinedFrames());
        page.counter("jvm_frames_unnamed_total", "Those that could not be named.", jvms.unnamedFrames());
        page.counter("jvm_frames_replaced_total", "Those whose code was replaced.", jvms.replacedMethods());
        page.counter("jvm_methods_read_total", "Methods whose names and lines were read.", jvms.methodsRead());
    }

    private static void export(MetricsPage page, SenderCounters sender) {
        page.counter(
                "requests_submitted_total", "Encoded intervals handed to the exporter.", sender.submittedIntervals());
        page.counter("requests_sent_total", "Encoded intervals that the receiver took.", sender.sentIntervals());
        page.counter(
                "requests_rejected_total",
                "Encoded intervals that the receiver refused for good.",
                sender.rejectedIntervals());
        page.counter("requests_dropped_total", "Encoded intervals given up.", sender.droppedIntervals());
        page.counter("requests_retried_total", "Calls that failed and were tried again.", sender.retries());
        page.gauge("requests_buffered", "Encoded intervals that wait.", sender.bufferedIntervals());
        page.gauge("requests_buffered_bytes", "Their bytes.", sender.bufferedBytes());
        page.counter("samples_sent_total", "Samples in intervals that the receiver took.", sender.sentSamples());
        page.counter(
                "samples_rejected_total", "Samples in intervals that the receiver refused.", sender.rejectedSamples());
        page.counter("samples_dropped_total", "Samples in intervals given up.", sender.droppedSamples());
        page.counter(
                "profiles_rejected_total",
                "Profiles refused although their interval was taken.",
                sender.partlyRejectedProfiles());
        page.counter("sent_bytes_total", "Bytes of sent intervals before compression.", sender.sentBytes());
    }

    private void self(MetricsPage page) {
        long resident = OwnMemory.residentBytes();
        page.gauge(
                "bpf_map_memory_bytes",
                "Kernel memory of the BPF maps.",
                parts.source().mapBytes()
                        + (parts.tables() == null
                                ? 0
                                : parts.tables().counters().chunkBytes()));
        page.counterSeconds(
                "process_cpu_seconds_total",
                "CPU time of the agent, user and system.",
                new KernelClock().processCpuNanos());
        page.gauge("process_resident_memory_bytes", "Resident memory of the agent.", resident);
        page.gauge(
                "process_resident_memory_without_maps_bytes",
                "Resident memory of the agent without the mapped pages of the BPF ring.",
                Math.max(0, resident - parts.source().mappedRingBytes()));
    }
}
