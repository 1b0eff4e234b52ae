package io.stackhouse.agent.testing;

import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceResponse;
import io.opentelemetry.proto.collector.profiles.v1development.ProfilesServiceGrpc;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.profiles.v1development.KeyValueAndUnit;
import io.opentelemetry.proto.profiles.v1development.Link;
import io.opentelemetry.proto.profiles.v1development.Profile;
import io.opentelemetry.proto.profiles.v1development.ProfilesDictionary;
import io.opentelemetry.proto.profiles.v1development.ResourceProfiles;
import io.opentelemetry.proto.profiles.v1development.Sample;
import io.opentelemetry.proto.profiles.v1development.ValueType;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;

/** An OTLP/gRPC receiver on a free loopback port that keeps what it gets. */
public final class OtlpServer implements AutoCloseable {
    private final List<ExportProfilesServiceRequest> requests = new CopyOnWriteArrayList<>();
    private final List<Map<Long, List<Seen>>> seen = new ArrayList<>();
    private final Server server;

    public OtlpServer() throws IOException {
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(new Service())
                .maxInboundMessageSize(16 << 20)
                .build()
                .start();
    }

    public String endpoint() {
        return "http://127.0.0.1:" + server.getPort();
    }

    public int requests() {
        return requests.size();
    }

    /** CPU nanoseconds of a process by function, each counted once per stack it is in; all of it under the empty name. */
    public Map<String, Long> functions(long pid, int fromRequest) {
        Map<String, Long> nanos = new HashMap<>();
        for (ExportProfilesServiceRequest request : requests.subList(fromRequest, requests.size())) {
            for (ResourceProfiles resource : request.getResourceProfilesList()) {
                if (isOf(resource, pid)) {
                    resource.getScopeProfiles(0)
                            .getProfilesList()
                            .forEach(profile -> add(profile, request.getDictionary(), nanos));
                }
            }
        }
        return nanos;
    }

    /**
     * One sample as it arrived; of samples with several times each is one.
     *
     * @param functions of its stack, leaf first
     * @param link trace and span in hexadecimal digits, {@code trace/span}; empty without
     * @param unixNanos 0 without a time of its own
     * @param type of its profile, {@code type/unit}
     */
    public record Seen(
            List<String> functions,
            String link,
            Map<String, String> attributes,
            long value,
            long unixNanos,
            String type) {}

    /** All samples of a process since a request. */
    public synchronized List<Seen> samples(long pid, int fromRequest) {
        while (seen.size() < requests.size()) {
            seen.add(see(requests.get(seen.size())));
        }
        List<Seen> all = new ArrayList<>();
        for (Map<Long, List<Seen>> request : seen.subList(fromRequest, seen.size())) {
            all.addAll(request.getOrDefault(pid, List.of()));
        }
        return all;
    }

    private static Map<Long, List<Seen>> see(ExportProfilesServiceRequest request) {
        Map<Long, List<Seen>> byPid = new HashMap<>();
        for (ResourceProfiles resource : request.getResourceProfilesList()) {
            List<Seen> of = byPid.computeIfAbsent(pidOf(resource), pid -> new ArrayList<>());
            for (Profile profile : resource.getScopeProfiles(0).getProfilesList()) {
                String type = name(profile.getSampleType(), request.getDictionary());
                profile.getSamplesList().forEach(sample -> see(sample, request.getDictionary(), type, of));
            }
        }
        return byPid;
    }

    /** Each profile of a process: sample type, period type and period. */
    public Set<String> headings(long pid) {
        Set<String> headings = new TreeSet<>();
        for (ExportProfilesServiceRequest request : requests) {
            for (ResourceProfiles resource : request.getResourceProfilesList()) {
                if (isOf(resource, pid)) {
                    for (Profile profile : resource.getScopeProfiles(0).getProfilesList()) {
                        headings.add(name(profile.getSampleType(), request.getDictionary()) + " "
                                + name(profile.getPeriodType(), request.getDictionary()) + " " + profile.getPeriod());
                    }
                }
            }
        }
        return headings;
    }

    private static String name(ValueType type, ProfilesDictionary dictionary) {
        return dictionary.getStringTable(type.getTypeStrindex()) + "/"
                + dictionary.getStringTable(type.getUnitStrindex());
    }

    private static long pidOf(ResourceProfiles resource) {
        return resource.getResource().getAttributesList().stream()
                .filter(attribute -> attribute.getKey().equals("process.pid"))
                .mapToLong(attribute -> attribute.getValue().getIntValue())
                .findFirst()
                .orElse(-1);
    }

    /** Each value that an attribute of the process's resource has had, in the order of arrival, whatever the process executed. */
    public List<String> resourceValues(long pid, String key) {
        return resourceValues(pid, key, "");
    }

    /** The same of one executable. */
    public List<String> resourceValues(long pid, String key, String executable) {
        List<String> values = new ArrayList<>();
        for (ExportProfilesServiceRequest request : requests) {
            for (ResourceProfiles resource : request.getResourceProfilesList()) {
                if (isOf(resource, pid) && executes(resource, executable)) {
                    resource.getResource().getAttributesList().stream()
                            .filter(attribute -> attribute.getKey().equals(key))
                            .map(attribute -> attribute.getValue().getStringValue())
                            .filter(value -> !values.contains(value))
                            .forEach(values::add);
                }
            }
        }
        return values;
    }

    private static void see(Sample sample, ProfilesDictionary dictionary, String type, List<Seen> to) {
        List<String> functions = new ArrayList<>();
        for (int location : dictionary.getStackTable(sample.getStackIndex()).getLocationIndicesList()) {
            if (dictionary.getLocationTable(location).getLinesCount() > 0) {
                int function = dictionary.getLocationTable(location).getLines(0).getFunctionIndex();
                functions.add(dictionary.getStringTable(
                        dictionary.getFunctionTable(function).getNameStrindex()));
            }
        }
        Map<String, String> attributes = new HashMap<>();
        for (int index : sample.getAttributeIndicesList()) {
            KeyValueAndUnit attribute = dictionary.getAttributeTable(index);
            String before = attributes.put(
                    dictionary.getStringTable(attribute.getKeyStrindex()),
                    attribute.getValue().getStringValue());
            if (before != null) {
                throw new IllegalStateException("an attribute twice in a sample");
            }
        }
        Link link = dictionary.getLinkTable(sample.getLinkIndex());
        String linked = sample.getLinkIndex() == 0
                ? ""
                : HexFormat.of().formatHex(link.getTraceId().toByteArray())
                        + "/"
                        + HexFormat.of().formatHex(link.getSpanId().toByteArray());
        int times = sample.getTimestampsUnixNanoCount();
        for (int i = 0; i < Math.max(1, times); i++) {
            long at = times == 0 ? 0 : sample.getTimestampsUnixNano(i);
            to.add(new Seen(functions, linked, attributes, sample.getValues(i), at, type));
        }
    }

    /** Attributes of the process's resource in the last request that has it. */
    public Map<String, String> resource(long pid) {
        Map<String, String> attributes = new HashMap<>();
        for (ExportProfilesServiceRequest request : requests) {
            for (ResourceProfiles resource : request.getResourceProfilesList()) {
                if (isOf(resource, pid)) {
                    for (KeyValue attribute : resource.getResource().getAttributesList()) {
                        attributes.put(
                                attribute.getKey(),
                                attribute.getValue().toString().strip());
                    }
                }
            }
        }
        return attributes;
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    private static boolean executes(ResourceProfiles resource, String executable) {
        return executable.isEmpty()
                || resource.getResource().getAttributesList().stream()
                        .anyMatch(attribute -> attribute.getKey().equals("process.executable.name")
                                && attribute.getValue().getStringValue().equals(executable));
    }

    private static boolean isOf(ResourceProfiles resource, long pid) {
        return pidOf(resource) == pid;
    }

    private static void add(Profile profile, ProfilesDictionary dictionary, Map<String, Long> nanos) {
        for (Sample sample : profile.getSamplesList()) {
            Map<String, Boolean> once = new HashMap<>();
            for (int location : dictionary.getStackTable(sample.getStackIndex()).getLocationIndicesList()) {
                if (dictionary.getLocationTable(location).getLinesCount() > 0) {
                    int function =
                            dictionary.getLocationTable(location).getLines(0).getFunctionIndex();
                    int name = dictionary.getFunctionTable(function).getNameStrindex();
                    once.put(dictionary.getStringTable(name), true);
                }
            }
            once.keySet().forEach(name -> nanos.merge(name, sample.getValues(0), Long::sum));
            nanos.merge("", sample.getValues(0), Long::sum);
        }
    }

    private final class Service extends ProfilesServiceGrpc.ProfilesServiceImplBase {
        @Override
        public void export(
                ExportProfilesServiceRequest request, StreamObserver<ExportProfilesServiceResponse> responses) {
            requests.add(request);
            responses.onNext(ExportProfilesServiceResponse.getDefaultInstance());
            responses.onCompleted();
        }
    }
}
