package io.stackhouse.agent.process;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Reads one process's folder in procfs and makes its attributes of it. */
final class ProcessReader {
    private static final String DELETED = " (deleted)";
    private static final String UNKNOWN_SERVICE = "unknown_service:";

    private final Path procRoot;
    private final ProcessCounters counters;
    private final ProcFiles files;
    private final MappingsReader mappings;
    private final HostAttributes host;
    private final UserNames users;
    private final StartTimes startTimes;
    private final KnownCgroups knownCgroups = new KnownCgroups();
    private final Environment environment;
    private final LongSupplier clock;

    ProcessReader(ProcessTableConfig config, ProcessCounters counters, LongSupplier clock) {
        procRoot = config.procRoot();
        this.counters = counters;
        this.clock = clock;
        files = new ProcFiles(counters);
        mappings = new MappingsReader(files.lines(), config.maxMappings(), counters, clock);
        host = HostAttributes.read(config, files);
        users = new UserNames(config.etcRoot().resolve("passwd"), files, clock);
        startTimes = StartTimes.read(procRoot.resolve("stat"), files);
        environment = new Environment(files);
    }

    TracedProcess read(ProcessKey key, String comm, long cgroupId) {
        Path directory = procRoot.resolve(Integer.toString(key.pid()));
        ProcessStat stat = ProcessStat.read(directory, files);
        // procfs cuts to hundredths, and time namespaces shift by whole seconds: a pid that is in use again started at
        // least a tick later.
        if (stat == null || (key.startBoottimeNanos() != 0 && Math.abs(stat.startTicks() - key.startTicks()) > 1)) {
            return describeGone(key, comm, cgroupId);
        }
        counters.discovered.incrementAndGet();
        return traced(
                key,
                stat.isKernelThread()
                        ? kernelThread(key, comm, stat, directory)
                        : program(key, comm, cgroupId, stat, directory));
    }

    /** A process of which only the kernel's record is left. */
    TracedProcess describeGone(ProcessKey key, String comm, long cgroupId) {
        counters.gone.incrementAndGet();
        Map<String, Object> attributes = new LinkedHashMap<>();
        attributes.put("service.name", UNKNOWN_SERVICE + comm);
        putProcess(attributes, key, key.startTicks(), -1);
        attributes.put("process.executable.name", comm);
        putCgroup(attributes, knownCgroups.find(cgroupId));
        Path directory = procRoot.resolve(Integer.toString(key.pid()));
        return traced(
                key,
                new TracedProcess.Facts(
                        false,
                        false,
                        key.pid(),
                        -1,
                        startTimes.unixMillis(key.startTicks()),
                        comm,
                        directory,
                        finish(attributes)));
    }

    private TracedProcess traced(ProcessKey key, TracedProcess.Facts facts) {
        return new TracedProcess(key, facts, mappings, clock.getAsLong());
    }

    private TracedProcess.Facts kernelThread(ProcessKey key, String comm, ProcessStat stat, Path directory) {
        Map<String, Object> attributes = new LinkedHashMap<>();
        int slash = comm.indexOf('/');
        attributes.put("service.name", UNKNOWN_SERVICE + '[' + (slash < 0 ? comm : comm.substring(0, slash)) + ']');
        putProcess(attributes, key, stat.startTicks(), stat.parentPid());
        attributes.put("process.executable.name", comm);
        return new TracedProcess.Facts(
                true,
                false,
                key.pid(),
                0,
                startTimes.unixMillis(stat.startTicks()),
                comm,
                directory,
                finish(attributes));
    }

    private TracedProcess.Facts program(ProcessKey key, String comm, long cgroupId, ProcessStat stat, Path directory) {
        ProcessStatus status = ProcessStatus.read(directory, files);
        String path = executablePath(directory);
        String name = path == null ? comm : path.substring(path.lastIndexOf('/') + 1);
        ProcessCgroup cgroup = ProcessCgroup.read(directory, files);
        knownCgroups.learn(cgroupId, cgroup);
        Map<String, String> given = environment.read(directory);
        if (environment.wasMalformed()) {
            counters.badEnvironments.incrementAndGet();
        }
        Map<String, Object> attributes = new LinkedHashMap<>();
        attributes.put("service.name", given.getOrDefault("service.name", UNKNOWN_SERVICE + name));
        putProcess(attributes, key, stat.startTicks(), stat.parentPid());
        attributes.put("process.executable.name", name);
        if (path != null) {
            attributes.put("process.executable.path", path);
        }
        String owner = owner(status, cgroup);
        if (owner != null) {
            attributes.put("process.owner", owner);
        }
        putCgroup(attributes, cgroup);
        putGiven(attributes, given);
        return new TracedProcess.Facts(
                true,
                true,
                status.namespacePid(key.pid()),
                status.userId(),
                startTimes.unixMillis(stat.startTicks()),
                name,
                directory,
                finish(attributes));
    }

    private void putProcess(Map<String, Object> attributes, ProcessKey key, long startTicks, int parentPid) {
        attributes.put("process.pid", (long) key.pid());
        attributes.put("process.creation.time", startTimes.iso8601(startTicks));
        if (parentPid >= 0) {
            attributes.put("process.parent_pid", (long) parentPid);
        }
    }

    private static void putCgroup(Map<String, Object> attributes, @Nullable ProcessCgroup cgroup) {
        if (cgroup == null) {
            return;
        }
        attributes.put("process.linux.cgroup", cgroup.line());
        String containerId = cgroup.containerId();
        if (containerId != null) {
            attributes.put("container.id", containerId);
        }
    }

    /** What the process says of itself stands over what was found, but for what identifies it as a process. */
    private static void putGiven(Map<String, Object> attributes, Map<String, String> given) {
        for (Map.Entry<String, String> entry : given.entrySet()) {
            if (!entry.getKey().startsWith("process.") || !attributes.containsKey(entry.getKey())) {
                attributes.put(entry.getKey(), entry.getValue());
            }
        }
    }

    private ResourceAttributes finish(Map<String, Object> attributes) {
        host.putMissing(attributes);
        return new ResourceAttributes(attributes);
    }

    /** Names of the host's users say nothing about those of a container. */
    private @Nullable String owner(ProcessStatus status, @Nullable ProcessCgroup cgroup) {
        if (status.userId() < 0) {
            return null;
        }
        boolean inContainer = cgroup != null && cgroup.containerId() != null;
        return inContainer ? Long.toString(status.userId()) : users.name(status.userId());
    }

    private @Nullable String executablePath(Path directory) {
        try {
            String path = Files.readSymbolicLink(directory.resolve("exe")).toString();
            return path.endsWith(DELETED) ? path.substring(0, path.length() - DELETED.length()) : path;
        } catch (AccessDeniedException e) {
            counters.denied.incrementAndGet();
            return null;
        } catch (IOException e) {
            return null;
        }
    }
}
