package io.stackhouse.exporter.otlp;

import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Codec;
import io.grpc.CompressorRegistry;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.stackhouse.exporter.otlp.Answer.Failed;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.otlp.ExportResponses;
import io.stackhouse.pipeline.otlp.OtlpEncoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** OTLP over gRPC: one connection, one event loop thread. gRPC's own retries are off: the exporter repeats, so that it is counted. */
final class GrpcTransport implements Transport {
    private static final Logger LOG = LoggerFactory.getLogger(GrpcTransport.class);
    private static final long CLOSE_SECONDS = 2;
    private static final Metadata.Key<byte[]> DETAILS =
            Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

    /** OTLP's specification, "OTLP/gRPC Response": those that may be sent again, besides RESOURCE_EXHAUSTED with RetryInfo. */
    private static final Set<Status.Code> RETRYABLE = EnumSet.of(
            Status.Code.CANCELLED,
            Status.Code.DEADLINE_EXCEEDED,
            Status.Code.ABORTED,
            Status.Code.OUT_OF_RANGE,
            Status.Code.UNAVAILABLE,
            Status.Code.DATA_LOSS);

    private final OtlpGrpcConfig config;
    private final MultiThreadIoEventLoopGroup eventLoop;
    private final ManagedChannel connection;
    private final Channel channel;

    /**
     * Connects with the first request.
     *
     * @param name of the exporter, for its thread
     */
    GrpcTransport(OtlpGrpcConfig config, String name) {
        this.config = config;
        Endpoint address = config.address();
        var tls = address.isTls() ? ClientTls.builder(config.tls()) : null;
        eventLoop = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("exporter-io-" + name, true), NioIoHandler.newFactory());
        NettyChannelBuilder builder = NettyChannelBuilder.forAddress(address.host(), address.port())
                .eventLoopGroup(eventLoop)
                .channelType(NioSocketChannel.class)
                .directExecutor()
                .disableRetry()
                .compressorRegistry(compressors())
                .maxInboundMessageSize(OtlpLimits.MAX_ANSWER_BYTES)
                .userAgent("stackhouse-collector");
        if (tls == null) {
            builder.usePlaintext();
        } else {
            builder.sslContext(ClientTls.built(GrpcSslContexts.configure(tls)));
        }
        connection = builder.build();
        channel = ClientInterceptors.intercept(connection, MetadataUtils.newAttachHeadersInterceptor(headers(config)));
    }

    private static CompressorRegistry compressors() {
        CompressorRegistry registry = CompressorRegistry.newEmptyInstance();
        registry.register(new Codec.Gzip());
        registry.register(new Zstd());
        return registry;
    }

    private static Metadata headers(OtlpGrpcConfig config) {
        Metadata headers = new Metadata();
        config.headers()
                .forEach((name, value) -> headers.put(
                        Metadata.Key.of(name.toLowerCase(Locale.ROOT), Metadata.ASCII_STRING_MARSHALLER),
                        value.value()));
        return headers;
    }

    @Override
    public Answer send(Signal signal, byte[] request) throws InterruptedException {
        CallOptions options =
                CallOptions.DEFAULT.withDeadlineAfter(config.timeout().toNanos(), TimeUnit.NANOSECONDS);
        if (config.compression() != Compression.NONE) {
            options = options.withCompression(config.compression().wireName());
        }
        Channel target = signal == Signal.PROFILES ? versioned() : channel;
        try {
            byte[] answer = ClientCalls.blockingUnaryCall(target, RawBytes.method(signal), options, request);
            return new Answer.Taken(ExportResponses.read(answer));
        } catch (StatusRuntimeException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted while a call was under way");
            }
            return failed(e);
        }
    }

    /** With the header that names the development version of profiles. */
    private Channel versioned() {
        Metadata version = new Metadata();
        version.put(
                Metadata.Key.of(RawBytes.PROFILES_VERSION_HEADER, Metadata.ASCII_STRING_MARSHALLER),
                String.valueOf(OtlpEncoder.PROFILES_VERSION));
        return ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(version));
    }

    private static Failed failed(StatusRuntimeException e) {
        Status status = e.getStatus();
        Metadata trailers = e.getTrailers();
        long wish = ServerWish.ofRetryInfo(trailers == null ? null : trailers.get(DETAILS));
        boolean isRetryable = RETRYABLE.contains(status.getCode())
                || (status.getCode() == Status.Code.RESOURCE_EXHAUSTED && wish >= 0);
        String said = status.getDescription();
        Throwable cause = status.getCause();
        String message =
                status.getCode() + (said == null ? "" : ": " + said) + (cause == null ? "" : " (" + cause + ")");
        return new Failed(isRetryable, Math.max(0, wish), message);
    }

    @Override
    public void close() {
        connection.shutdownNow();
        var ended = eventLoop.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS);
        if (!ended.awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS)) {
            LOG.warn("The connection's thread did not end within {} s; it ends with the process", CLOSE_SECONDS);
        }
    }

    /** zstd of requests; answers are never compressed by it, since it isn't offered. */
    private static final class Zstd implements Codec {
        @Override
        public String getMessageEncoding() {
            return Compression.ZSTD.wireName();
        }

        @Override
        public OutputStream compress(OutputStream out) throws IOException {
            return new ZstdOutputStream(out);
        }

        @Override
        public InputStream decompress(InputStream in) throws IOException {
            return new ZstdInputStream(in);
        }
    }
}
