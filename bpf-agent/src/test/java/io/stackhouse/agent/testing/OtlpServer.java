package io.stackhouse.agent.testing;

import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceResponse;
import io.opentelemetry.proto.collector.profiles.v1development.ProfilesServiceGrpc;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.profiles.v1development.Profile;
import io.opentelemetry.proto.profiles.v1development.ProfilesDictionary;
import io.opentelemetry.proto.profiles.v1development.ResourceProfiles;
import io.opentelemetry.proto.profiles.v1development.Sample;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** An OTLP/gRPC receiver on a free loopback port that keeps what it gets. */
public final class OtlpServer implements AutoCloseable {
    private final List<ExportProfilesServiceRequest> requests = new CopyOnWriteArrayList<>();
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

    private static boolean isOf(ResourceProfiles resource, long pid) {
        return resource.getResource().getAttributesList().stream()
                .anyMatch(a -> a.getKey().equals("process.pid") && a.getValue().getIntValue() == pid);
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
