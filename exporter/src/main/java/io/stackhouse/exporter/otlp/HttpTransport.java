package io.stackhouse.exporter.otlp;

import com.github.luben.zstd.Zstd;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.Status;
import io.stackhouse.exporter.otlp.Answer.Failed;
import io.stackhouse.pipeline.Clock;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.otlp.ExportResponses;
import io.stackhouse.pipeline.otlp.OtlpEncoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.SSLParameters;

/**
 * OTLP over HTTP by Java's own client: HTTP/2 over TLS where the next hop speaks it, else HTTP/1.1. Redirects are not followed. The
 * timeout covers the whole exchange, the answer's body too.
 */
final class HttpTransport implements Transport {
    /** OTLP's specification, "Failures": no other status may be sent again. */
    private static final Set<Integer> RETRYABLE = Set.of(429, 502, 503, 504);

    private static final int MAX_SHOWN_CHARS = 500;

    private final OtlpHttpConfig config;
    private final Clock clock;
    private final Map<Signal, URI> urls = new EnumMap<>(Signal.class);
    private final ExecutorService threads;
    private final HttpClient client;

    /**
     * Connects with the first request.
     *
     * @param name of the exporter, for its threads
     */
    HttpTransport(OtlpHttpConfig config, String name, Clock clock) {
        this.config = config;
        this.clock = clock;
        boolean isTls = false;
        for (Signal signal : Signal.values()) {
            URI url = config.url(signal);
            urls.put(signal, url);
            isTls |= "https".equalsIgnoreCase(url.getScheme());
        }
        HttpClient.Builder builder = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(config.timeout())
                .version(isTls ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1);
        if (isTls) {
            SSLParameters parameters = new SSLParameters();
            parameters.setProtocols(
                    config.tls().minVersion().equals("1.3")
                            ? new String[] {"TLSv1.3"}
                            : new String[] {"TLSv1.2", "TLSv1.3"});
            builder.sslContext(ClientTls.javaContext(config.tls())).sslParameters(parameters);
        }
        AtomicInteger count = new AtomicInteger();
        threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "exporter-io-" + name + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        client = builder.executor(threads).build();
    }

    @Override
    public Answer send(Signal signal, byte[] request) throws InterruptedException {
        CompletableFuture<HttpResponse<byte[]>> exchange =
                client.sendAsync(request(signal, request), unused -> new LimitedBody(OtlpLimits.MAX_ANSWER_BYTES));
        try {
            return answer(exchange.get(config.timeout().toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            return new Failed(true, 0, "no answer within " + config.timeout().toMillis() + " ms");
        } catch (ExecutionException e) {
            return failed(e.getCause() == null ? e : e.getCause());
        } finally {
            // What is under way ends; what has ended doesn't mind.
            boolean unused = exchange.cancel(true);
        }
    }

    private HttpRequest request(Signal signal, byte[] body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(urls.get(signal))
                .header("Content-Type", "application/x-protobuf")
                .header("User-Agent", "stackhouse-collector")
                .timeout(config.timeout());
        if (config.compression() != Compression.NONE) {
            request.header("Content-Encoding", config.compression().wireName());
        }
        if (signal == Signal.PROFILES) {
            request.header(RawBytes.PROFILES_VERSION_HEADER, String.valueOf(OtlpEncoder.PROFILES_VERSION));
        }
        config.headers().forEach((name, value) -> request.setHeader(name, value.value()));
        return request.POST(BodyPublishers.ofByteArray(compressed(body))).build();
    }

    private byte[] compressed(byte[] body) {
        if (config.compression() == Compression.NONE) {
            return body;
        }
        if (config.compression() == Compression.ZSTD) {
            return Zstd.compress(body);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(body.length / 4 + 64);
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private Answer answer(HttpResponse<byte[]> response) {
        int status = response.statusCode();
        if (status >= 200 && status < 300) {
            return new Answer.Taken(ExportResponses.read(response.body()));
        }
        boolean isRetryable = RETRYABLE.contains(status);
        long wish = isRetryable
                ? ServerWish.ofRetryAfter(
                        response.headers().firstValue("Retry-After").orElse(""), clock.unixNanos())
                : 0;
        String said = message(response);
        return new Failed(isRetryable, wish, "HTTP " + status + (said.isEmpty() ? "" : ": " + said));
    }

    /** The google.rpc.Status that OTLP asks for, or the text that proxies send. */
    private static String message(HttpResponse<byte[]> response) {
        byte[] body = response.body();
        if (response.headers().firstValue("Content-Type").orElse("").startsWith("application/x-protobuf")) {
            try {
                return Status.parseFrom(body).getMessage();
            } catch (InvalidProtocolBufferException e) {
                return "its body is no google.rpc.Status";
            }
        }
        String text = new String(body, 0, Math.min(body.length, MAX_SHOWN_CHARS), StandardCharsets.UTF_8);
        return text.strip();
    }

    private static Failed failed(Throwable cause) {
        boolean isTooLong = cause instanceof LimitedBody.TooLongException;
        boolean isRetryable = cause instanceof IOException && !isTooLong;
        String said = cause.getMessage() == null ? "" : ": " + cause.getMessage();
        return new Failed(
                isRetryable, 0, isTooLong ? said.substring(2) : cause.getClass().getSimpleName() + said);
    }

    @Override
    public void close() {
        var unused = threads.shutdownNow();
    }
}
