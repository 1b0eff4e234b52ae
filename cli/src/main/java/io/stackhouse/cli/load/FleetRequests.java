package io.stackhouse.cli.load;

import io.stackhouse.pipeline.otlp.ProfileHeading;
import io.stackhouse.pipeline.otlp.ProfilesEncoder;
import io.stackhouse.pipeline.otlp.ProfilesEncoder.Observed;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;

/**
 * Encodes the requests of a made fleet: what a profiler that sends each observation with its time gives on in 10 s, at 99 Hz. A stack belongs to a thread, so that equal stacks of an interval can be added up.
 *
 * <p>One thread, one use.
 */
public final class FleetRequests {

    /** Each sample stands for this much CPU time: 99 Hz. */
    public static final long PERIOD_NANOS = 10_101_010L;

    static final long INTERVAL_NANOS = 10_000_000_000L;
    private static final double POPULARITY = 0.9;
    private static final int THREADS = 24;
    private static final int SAMPLES_PER_SPAN = 5;

    private final FleetSettings settings;
    private final CallStacks[] stacks;
    private final Zipf popularity = new Zipf(CallStacks.COUNT, POPULARITY);
    private final ProfilesEncoder encoder = new ProfilesEncoder();

    private FleetRequests(FleetSettings settings) {
        this.settings = settings;
        this.stacks = new CallStacks[settings.services()];
    }

    /** All different requests, ready to be sent. */
    public static Requests encode(FleetSettings settings) {
        FleetRequests fleet = new FleetRequests(settings);
        List<RequestTemplate> templates = new ArrayList<>();
        for (int i = 0; i < settings.requests(); i++) {
            templates.add(RequestReader.read(fleet.request(i)));
        }
        return new Requests(templates, settings.instanceNumbers());
    }

    /** As services are called. */
    public static String serviceName(int service) {
        return String.format(Locale.ROOT, "service-%03d", service);
    }

    /** As a service's functions are called; the first are seen most. */
    public static String functionName(int service, int function) {
        if (CallStacks.isNative(function)) {
            return "native_call_" + (function - CallStacks.FUNCTIONS);
        }
        return "com.example.s" + service + ".package" + function % 40 + ".Type" + function % 260 + ".method" + function;
    }

    private byte[] request(int number) {
        Random random = new Random(settings.seed() * 1_000_003L + number);
        encoder.clear();
        for (int i = 0; i < settings.resources(); i++) {
            int slot = number * settings.resources() + i;
            resource(slot, random);
        }
        return encoder.toByteArray();
    }

    private void resource(int slot, Random random) {
        int service = slot % settings.services();
        int version = slot / settings.services() % settings.versions();
        encoder.beginResource();
        encoder.resourceAttribute("service.name", serviceName(service));
        encoder.resourceAttribute("service.version", "1." + version + ".0");
        encoder.resourceAttribute("service.namespace", "bench");
        encoder.resourceAttribute(
                "service.instance.id", serviceName(service) + "-" + slot + "-" + RequestReader.INSTANCE_MARK);
        encoder.resourceAttribute("deployment.environment.name", "load");
        encoder.resourceAttribute("host.name", "host-" + slot + "-" + RequestReader.INSTANCE_MARK);
        encoder.resourceAttribute("process.pid", 1000L + slot);
        encoder.beginScope("stackhouse.load", "1");
        encoder.beginProfile(new ProfileHeading(
                "cpu", "nanoseconds", "cpu", "nanoseconds", PERIOD_NANOS, 1, INTERVAL_NANOS, ProfileIds.empty(slot)));
        samples(service, random);
    }

    private void samples(int service, Random random) {
        int[] chosen = chooseStacks(random);
        int[] counts = counts(chosen.length, random);
        Rows rows = new Rows(service);
        int[] attributes = new int[1];
        int linked = 0;
        int link = 0;
        for (int i = 0; i < chosen.length; i++) {
            int stack = rows.stack(stacks(service).frames(chosen[i]));
            attributes[0] = encoder.attribute("thread.name", "worker-" + chosen[i] % THREADS);
            for (int k = 0; k < counts[i]; k++) {
                boolean isLinked = random.nextDouble() < settings.linkedShare();
                if (isLinked && linked++ % SAMPLES_PER_SPAN == 0) {
                    link = link(random);
                }
                long time = 1 + (long) (random.nextDouble() * (INTERVAL_NANOS - 1));
                encoder.sampleAt(new Observed(stack, isLinked ? link : 0, PERIOD_NANOS, time), attributes, 1);
            }
        }
    }

    /** Different ones, those seen often first. */
    private int[] chooseStacks(Random random) {
        Set<Integer> chosen = new LinkedHashSet<>();
        while (chosen.size() < settings.stacks()) {
            chosen.add(popularity.draw(random));
        }
        return chosen.stream().mapToInt(Integer::intValue).toArray();
    }

    /** How many samples each stack has: one, and of the others the first have most. */
    private int[] counts(int stackCount, Random random) {
        int[] counts = new int[stackCount];
        Arrays.fill(counts, 1);
        Zipf weights = new Zipf(stackCount, POPULARITY);
        for (int i = stackCount * (settings.samplesPerStack() - 1); i > 0; i--) {
            counts[weights.draw(random)]++;
        }
        return counts;
    }

    private int link(Random random) {
        ByteBuffer trace =
                ByteBuffer.allocate(16).putLong(random.nextLong() | 1).putLong(random.nextLong());
        ByteBuffer span = ByteBuffer.allocate(8).putLong(random.nextLong() | 1);
        return encoder.link(trace.array(), span.array());
    }

    private CallStacks stacks(int service) {
        if (stacks[service] == null) {
            stacks[service] = new CallStacks(settings.seed() * 31 + service);
        }
        return stacks[service];
    }

    /** Dictionary rows of one resource's frames. */
    private final class Rows {
        private final int service;
        private final int jvmType = encoder.attribute("profile.frame.type", "jvm");
        private final int nativeType = encoder.attribute("profile.frame.type", "native");
        private final int mapping = encoder.mapping(
                0x1000,
                0x200000,
                0x1000,
                encoder.string("/usr/lib/x86_64-linux-gnu/libc.so.6"),
                encoder.attribute("process.executable.build_id.gnu", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b"));

        Rows(int service) {
            this.service = service;
        }

        int stack(int[] frames) {
            int[] locations = new int[frames.length];
            Arrays.setAll(locations, i -> location(frames[i]));
            return encoder.stack(locations, locations.length);
        }

        private int location(int frame) {
            int function = CallStacks.function(frame);
            int name = encoder.string(functionName(service, function));
            if (CallStacks.isNative(function)) {
                long address = 0x40000L + function * 0x1234L + CallStacks.line(frame);
                return encoder.location(mapping, address, encoder.function(name, 0, 0, 0), 0, nativeType);
            }
            int file = encoder.string("Type" + function % 260 + ".java");
            int row = encoder.function(name, 0, file, 10 + function % 700);
            return encoder.location(0, 0, row, CallStacks.line(frame), jvmType);
        }
    }
}
