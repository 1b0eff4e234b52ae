package io.stackhouse.agent.symbol;

import io.stackhouse.agent.elf.ElfFormatException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks up lines, inlined functions and the names that stand in debug information, on a thread of its own, and tells the frames.
 *
 * <p>Threads: {@link #ask} by the symbolizer's, {@link #close} by any. A full queue refuses; the frame may ask again. Its CPU time is held to a share of one core.
 * Requests for one file are answered together; a file stays open until nothing was asked of it for ten seconds, four files at most. What can't be read is counted, and its
 * frames keep the names they have.
 */
final class LineResolver implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LineResolver.class);
    private static final int MAX_OPEN = 4;
    private static final long GATHER_MILLIS = 100;
    private static final long IDLE_SECONDS = 10;
    private static final long JOIN_MILLIS = 2000;

    private final DebugInfoConfig config;
    private final SymbolizerCounters counters;
    private final BlockingQueue<Request> queue;
    private final CpuPace pace;
    private final DebugFiles files;
    private final LinkedHashMap<FileKey, OpenDebugInfo> open = new LinkedHashMap<>(8, 0.75f, true);
    private final Thread thread;
    private volatile boolean isClosed;

    LineResolver(DebugInfoConfig config, SymbolizerCounters counters) {
        this.config = config;
        this.counters = counters;
        queue = new ArrayBlockingQueue<>(config.maxQueued());
        pace = new CpuPace(config.cpuShare(), config.cpuBurst());
        Debuginfod server = config.debuginfod() == null
                ? null
                : new Debuginfod(
                        config.debuginfod(), config.downloads(), config.maxDownloadBytes(), config.maxDownloadsBytes());
        files = new DebugFiles(server);
        thread = new Thread(this::run, "stackhouse-lines");
        thread.setDaemon(true);
        thread.start();
    }

    private record Request(DebugTarget target, Frame frame) {}

    /** False if there is no room now. */
    boolean ask(DebugTarget target, Frame frame) {
        boolean taken = queue.offer(new Request(target, frame));
        (taken ? counters.linesAsked : counters.linesRefused).incrementAndGet();
        return taken;
    }

    @Override
    public void close() {
        isClosed = true;
        pace.end();
        thread.interrupt();
        try {
            thread.join(JOIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (!isClosed) {
                Request first = queue.poll(IDLE_SECONDS, TimeUnit.SECONDS);
                if (first == null) {
                    closeAll();
                } else {
                    Thread.sleep(GATHER_MILLIS);
                    answer(first);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            closeAll();
        }
    }

    private void answer(Request first) {
        List<Request> requests = new ArrayList<>(List.of(first));
        queue.drainTo(requests);
        Map<FileKey, List<Request>> perFile = new LinkedHashMap<>();
        for (Request request : requests) {
            perFile.computeIfAbsent(request.target().key(), k -> new ArrayList<>())
                    .add(request);
        }
        for (List<Request> ofFile : perFile.values()) {
            DebugTarget target = ofFile.get(0).target();
            try {
                tell(ofFile, opened(target));
            } catch (InterruptedIOException e) {
                return;
            } catch (ElfFormatException e) {
                counters.linesUnreadable.incrementAndGet();
                LOG.debug("No lines of {}: {}", target.path(), e.getMessage());
            } catch (IOException | RuntimeException e) {
                counters.linesUnreadable.incrementAndGet();
                LOG.debug("No lines of {}", target.path(), e);
            }
            counters.linesAnswered.addAndGet(ofFile.size());
        }
    }

    private void tell(List<Request> requests, OpenDebugInfo info) throws IOException {
        List<Frame> frames = new ArrayList<>();
        for (Request request : requests) {
            frames.add(request.frame());
        }
        frames.sort(Comparator.comparingLong(Frame::address));
        List<List<Frame.Line>> found = info.resolve(frames);
        for (int i = 0; i < frames.size(); i++) {
            frames.get(i).tell(found.get(i));
            counters.linesFound.addAndGet(found.get(i).isEmpty() ? 0 : 1);
        }
    }

    private OpenDebugInfo opened(DebugTarget target) throws IOException {
        OpenDebugInfo known = open.get(target.key());
        if (known != null) {
            return known;
        }
        OpenDebugInfo info = OpenDebugInfo.open(target, files, config, pace);
        open.put(target.key(), info);
        if (open.size() > MAX_OPEN) {
            Iterator<OpenDebugInfo> eldestFirst = open.values().iterator();
            close(eldestFirst.next());
            eldestFirst.remove();
        }
        return info;
    }

    private void closeAll() {
        open.values().forEach(LineResolver::close);
        open.clear();
    }

    private static void close(OpenDebugInfo info) {
        try {
            info.close();
        } catch (IOException e) {
            // Nothing was written that anybody reads: there is nothing to lose.
            LOG.debug("Closing failed", e);
        }
    }
}
