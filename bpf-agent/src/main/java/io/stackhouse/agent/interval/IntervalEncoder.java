package io.stackhouse.agent.interval;

import io.stackhouse.agent.process.EncodedValue;
import io.stackhouse.agent.process.ResourceAttributes;
import io.stackhouse.agent.sample.Event;
import io.stackhouse.agent.sample.EventPeriods;
import io.stackhouse.pipeline.otlp.ProfileHeading;
import io.stackhouse.pipeline.otlp.ProfilesEncoder;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Encodes an interval as OTLP: a resource for each process and event, in it a profile of the event: CPU time, page faults, or time off the CPU. Samples with the same stack and thread
 * name become one, unless they keep their times; those with the context of their thread keep them, and become one if that is the same too. A large interval is cut into several requests, so that none is larger than
 * receivers usually take.
 *
 * <p>One thread. Keeps its buffers from interval to interval.
 */
public final class IntervalEncoder {
    private static final String SCOPE = "stackhouse.bpf-agent";
    private static final String CPU = "cpu";
    private static final String NANOSECONDS = "nanoseconds";
    private static final String PAGE_FAULTS = "page_faults";
    private static final String COUNT = "count";
    private static final String OFF_CPU = "off_cpu";
    private static final String THREAD_NAME = "thread.name";
    private static final String TRUNCATED = "stackhouse.stack.truncated";
    private static final int PROFILE_ID_BYTES = 16;
    // A stack with its share of the dictionary takes some hundred bytes at most: well below the usual limit of 4 MiB.
    private static final int MAX_STACKS_PER_REQUEST = 4096;

    private final String version;
    private final EventPeriods periods;
    private final int maxStacksPerRequest;
    private final SplittableRandom random = new SplittableRandom();
    private final ProfilesEncoder encoder = new ProfilesEncoder();
    private final FrameRows rows = new FrameRows(encoder);
    private final SampleSums sums = new SampleSums();
    private final int[] attributes = new int[2 + TraceContext.MAX_KEYS];
    private int profiles;
    private int stacks;
    private long samples;

    /**
     * An encoder of an interval's samples.
     *
     * @param version of this agent, for the scope
     * @param periods what samples stand for
     */
    public IntervalEncoder(String version, EventPeriods periods) {
        this(version, periods, MAX_STACKS_PER_REQUEST);
    }

    IntervalEncoder(String version, EventPeriods periods, int maxStacksPerRequest) {
        this.version = version;
        this.periods = periods;
        this.maxStacksPerRequest = maxStacksPerRequest;
    }

    /** Encodes what was recorded; an interval without samples gives no request. */
    public void encode(IntervalRecorder interval, IntervalSpan span, RequestConsumer to) {
        IntervalSpan before = interval.released().span();
        if (before != null) {
            encode(interval.released(), before, to);
        }
        encode(interval.samples(), span, to);
        finishRequest(to);
    }

    private void encode(IntervalSamples recorded, IntervalSpan span, RequestConsumer to) {
        for (Map.Entry<Subject, List<KnownStack>> group :
                bySubject(recorded.counted()).entrySet()) {
            beginProfile(group.getKey(), span);
            addCounts(group.getValue(), periods.of(group.getKey().event()));
            endProfile(to);
        }
        TimedSamples timed = recorded.timed();
        int[] next = new int[timed.size()];
        for (Map.Entry<Subject, int[]> chain : chains(timed, next).entrySet()) {
            beginProfile(chain.getKey(), span.since(earliest(timed, chain.getValue()[0], next)));
            for (int i = chain.getValue()[0]; i >= 0; i = next[i]) {
                addTimed(timed.stack(i), span.unixNanos(timed.boottimeNanos(i)));
            }
            endProfile(to);
        }
        encodeTraced(recorded.traced(), span, to);
    }

    private static long earliest(TimedSamples timed, int first, int[] next) {
        long earliest = Long.MAX_VALUE;
        for (int i = first; i >= 0; i = next[i]) {
            earliest = Math.min(earliest, timed.boottimeNanos(i));
        }
        return earliest;
    }

    /** In profiles of their own: all samples of one profile are of the same shape. */
    private void encodeTraced(TracedSamples traced, IntervalSpan span, RequestConsumer to) {
        Map<Subject, List<Map.Entry<TracedSamples.Group, TimeColumn>>> groups = new LinkedHashMap<>();
        for (Map.Entry<TracedSamples.Group, TimeColumn> group : traced.groups().entrySet()) {
            groups.computeIfAbsent(group.getKey().stack().subject(), s -> new ArrayList<>())
                    .add(group);
        }
        groups.forEach((subject, all) -> {
            long earliest = all.stream()
                    .mapToLong(group -> group.getValue().earliest())
                    .min()
                    .orElseThrow();
            beginProfile(subject, span.since(earliest));
            merged(all, span).forEach(this::addTraced);
            endProfile(to);
        });
    }

    /** What makes samples alike once their stacks are rows: stacks of different addresses may be one by then. */
    private record Identity(int stack, int threadName, int truncated, TraceContext context, Subject subject) {}

    private Map<Identity, TimeColumn> merged(List<Map.Entry<TracedSamples.Group, TimeColumn>> all, IntervalSpan span) {
        Map<Identity, TimeColumn> merged = new LinkedHashMap<>();
        for (Map.Entry<TracedSamples.Group, TimeColumn> group : all) {
            KnownStack stack = group.getKey().stack();
            Identity identity = new Identity(
                    rows.stack(stack.frames()),
                    threadName(stack),
                    truncated(stack),
                    group.getKey().context(),
                    stack.subject());
            long period = periods.of(stack.subject().event());
            TimeColumn times = merged.computeIfAbsent(identity, i -> new TimeColumn());
            TimeColumn samplesOfGroup = group.getValue();
            for (int i = 0; i < samplesOfGroup.size(); i++) {
                times.add(span.unixNanos(samplesOfGroup.get(i)), samplesOfGroup.values()[i] * period);
            }
        }
        return merged;
    }

    private void addTraced(Identity identity, TimeColumn times) {
        samples += times.size();
        stacks++;
        int count = sampleAttributes(identity.threadName(), identity.truncated() != 0);
        TraceContext context = identity.context();
        count = threadAttributes(context, identity.subject().process().attributeKeys(), count);
        int link = context.hasSpan() ? encoder.link(context.traceId(), context.spanId()) : 0;
        encoder.samplesAt(
                new ProfilesEncoder.Repeated(identity.stack(), link, times.values(), times.nanos(), times.size()),
                attributes,
                count);
    }

    /** Names must be unique in a sample, and ours stand over the process's. */
    private int threadAttributes(TraceContext context, List<String> keys, int count) {
        int next = count;
        for (int key = 0; key <= context.highestKey() && key < keys.size(); key++) {
            String name = keys.get(key);
            int at = context.find(key);
            boolean isOurs = name.isEmpty() || name.equals(THREAD_NAME) || name.equals(TRUNCATED);
            if (at >= 0 && !isOurs && keys.indexOf(name) == key) {
                attributes[next++] = encoder.attribute(name, context.text(at));
            }
        }
        return next;
    }

    private void beginProfile(Subject subject, IntervalSpan span) {
        encoder.beginResource();
        ResourceAttributes resource = subject.process().resource();
        for (int i = 0; i < resource.size(); i++) {
            addResourceAttribute(resource.key(i), resource.value(i));
        }
        encoder.beginScope(SCOPE, version);
        ByteBuffer id = ByteBuffer.allocate(PROFILE_ID_BYTES);
        id.putLong(random.nextLong()).putLong(random.nextLong());
        encoder.beginProfile(heading(subject.event(), span, id.array()));
        profiles++;
    }

    /** Sleeps have no period: each has its own value. */
    private ProfileHeading heading(Event event, IntervalSpan span, byte[] id) {
        long start = span.startUnixNanos();
        long duration = span.durationNanos();
        long period = periods.of(event);
        return switch (event) {
            case CPU -> new ProfileHeading(CPU, NANOSECONDS, CPU, NANOSECONDS, period, start, duration, id);
            case PAGE_FAULT -> new ProfileHeading(PAGE_FAULTS, COUNT, PAGE_FAULTS, COUNT, period, start, duration, id);
            case OFF_CPU -> new ProfileHeading(OFF_CPU, NANOSECONDS, "", "", 0, start, duration, id);
        };
    }

    private void addResourceAttribute(String key, Object value) {
        if (value instanceof Long number) {
            encoder.resourceAttribute(key, number);
        } else if (value instanceof Boolean flag) {
            encoder.resourceAttribute(key, flag);
        } else if (value instanceof EncodedValue encoded) {
            encoder.resourceAttribute(key, encoded.anyValue());
        } else {
            encoder.resourceAttribute(key, value.toString());
        }
    }

    private void addCounts(List<KnownStack> known, long period) {
        sums.clear();
        for (KnownStack stack : known) {
            samples += stack.samples();
            long key = ((long) rows.stack(stack.frames()) << 32) | ((long) threadName(stack) << 1) | truncated(stack);
            sums.add(key, stack.samples());
        }
        for (int i = 0; i < sums.size(); i++) {
            long key = sums.key(i);
            int count = sampleAttributes((int) key >>> 1, (key & 1) != 0);
            encoder.sample((int) (key >>> 32), attributes, count, 0, sums.sum(i) * period);
        }
        stacks += sums.size();
    }

    private void addTimed(KnownStack stack, long atUnixNanos) {
        samples++;
        stacks++;
        int index = rows.stack(stack.frames());
        int count = sampleAttributes(threadName(stack), truncated(stack) != 0);
        long value = periods.of(stack.subject().event());
        encoder.sampleAt(new ProfilesEncoder.Observed(index, 0, value, atUnixNanos), attributes, count);
    }

    private int sampleAttributes(int threadName, boolean truncated) {
        int count = 0;
        if (threadName != 0) {
            attributes[count++] = threadName;
        }
        if (truncated) {
            attributes[count++] = encoder.attribute(TRUNCATED, "true");
        }
        return count;
    }

    private int threadName(KnownStack stack) {
        String name = stack.threadName();
        return name == null ? 0 : encoder.attribute(THREAD_NAME, name);
    }

    private static int truncated(KnownStack stack) {
        return stack.frames() != null && stack.frames().truncated() ? 1 : 0;
    }

    private void endProfile(RequestConsumer to) {
        if (stacks >= maxStacksPerRequest) {
            finishRequest(to);
        }
    }

    private void finishRequest(RequestConsumer to) {
        if (profiles == 0) {
            return;
        }
        to.accept(encoder.toByteArray(), profiles, samples);
        encoder.clear();
        rows.clear();
        profiles = 0;
        stacks = 0;
        samples = 0;
    }

    private static Map<Subject, List<KnownStack>> bySubject(List<KnownStack> active) {
        Map<Subject, List<KnownStack>> groups = new LinkedHashMap<>();
        for (KnownStack stack : active) {
            groups.computeIfAbsent(stack.subject(), s -> new ArrayList<>()).add(stack);
        }
        return groups;
    }

    /** For each subject the index of its last sample; {@code next} leads from there to those before, -1 ends. */
    private static Map<Subject, int[]> chains(TimedSamples timed, int[] next) {
        Map<Subject, int[]> heads = new LinkedHashMap<>();
        for (int i = 0; i < timed.size(); i++) {
            Subject subject = timed.stack(i).subject();
            int @Nullable [] head = heads.get(subject);
            if (head == null) {
                heads.put(subject, new int[] {i});
                next[i] = -1;
            } else {
                next[i] = head[0];
                head[0] = i;
            }
        }
        return heads;
    }
}
