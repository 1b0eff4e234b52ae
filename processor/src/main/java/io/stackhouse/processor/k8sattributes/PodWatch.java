package io.stackhouse.processor.k8sattributes;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.PodResource;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.ObservableLongGauge;
import io.stackhouse.pipeline.LogPace;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.processor.k8sattributes.K8sAttributesConfig.FieldFilter;
import io.stackhouse.processor.k8sattributes.K8sAttributesConfig.LabelFilter;
import io.stackhouse.processor.k8sattributes.K8sAttributesConfig.PodFilter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lists the pods of a cluster and watches them, on threads of the Kubernetes client. A list that fails, a watch that is cut and a version
 * that is too old (410 Gone) lead to another try after a growing pause; until then what is known stays known.
 *
 * <p>Shared by the lanes and pipelines of one processor: {@link #start} and {@link #close} come as often as there are of these; the first
 * starts it and the last one ends it. Any thread.
 */
final class PodWatch {
    private static final Logger LOG = LoggerFactory.getLogger(PodWatch.class);
    private static final Path ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");
    private static final long PAGE_PODS = 500;
    private static final int CONNECT_MILLIS = 5_000;
    private static final int REQUEST_MILLIS = 60_000;
    private static final int PAUSE_MILLIS = 1_000;
    private static final long LOG_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final K8sAttributesConfig config;
    private final Map<String, String> environment;
    private final PodStore store;
    private final Telemetry telemetry;
    private final LongCounter failures;
    private final LogPace pace;
    private final List<ObservableLongGauge> gauges = new ArrayList<>();
    private int users;
    private @Nullable KubernetesClient client;
    private volatile @Nullable SharedIndexInformer<Pod> informer;

    PodWatch(K8sAttributesConfig config, Map<String, String> environment, PodStore store, Telemetry telemetry) {
        this.config = config;
        this.environment = environment;
        this.store = store;
        this.telemetry = telemetry;
        this.pace = new LogPace(telemetry.clock(), LOG_NANOS);
        this.failures = telemetry
                .meter()
                .counterBuilder("stackhouse_k8s_attributes_watch_failures")
                .setDescription("Lists and watches of pods that failed and are tried again")
                .build();
    }

    boolean isFor(K8sAttributesConfig other) {
        return config.equals(other);
    }

    PodStore store() {
        return store;
    }

    /** Whether all pods were listed once. */
    boolean isReady() {
        SharedIndexInformer<Pod> running = informer;
        return running != null && running.hasSynced();
    }

    synchronized void start() {
        if (++users > 1) {
            return;
        }
        try {
            run();
        } catch (RuntimeException e) {
            end();
            users = 0;
            throw e;
        }
    }

    private void run() {
        failures.add(0, label());
        KubernetesClient opened = new KubernetesClientBuilder()
                .withConfig(clientConfig())
                .withHttpClientFactory(new JdkHttpClientFactory())
                .build();
        client = opened;
        SharedIndexInformer<Pod> watching = selected(opened)
                .withLimit(PAGE_PODS)
                .runnableInformer(0)
                .removeNamespaceIndex()
                .itemStore(store)
                .exceptionHandler((isStarted, failure) -> failed(failure));
        informer = watching;
        gauge("pods", "Pods that are known", store::size);
        gauge("left_out_pods", "Pods that came while max_pods were known", store::leftOut);
        var started = watching.start().toCompletableFuture();
        if (config.waitForMetadata()) {
            await(started);
        }
    }

    private void await(CompletableFuture<?> started) {
        try {
            started.get(config.waitForMetadataTimeout().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw new IllegalStateException(
                    "the pods were not listed within wait_for_metadata_timeout; is the API server at "
                            + clientConfig().getMasterUrl() + " there, and may the account list and watch pods?",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the pods were listed", e);
        }
    }

    private interface Reading {
        long value();
    }

    private void gauge(String name, String description, Reading reading) {
        gauges.add(telemetry
                .meter()
                .gaugeBuilder("stackhouse_k8s_attributes_" + name)
                .ofLongs()
                .setDescription(description)
                .setUnit("{pod}")
                .buildWithCallback(out -> out.record(reading.value(), label())));
    }

    private Attributes label() {
        return telemetry.labelled("processor");
    }

    /** Counts; true: try again. */
    private boolean failed(Throwable failure) {
        failures.add(1, label());
        pace.tell(suppressed -> LOG.warn(
                "{}: pods can't be listed or watched and it is tried again; what is known stays. May the account get, list and watch"
                        + " pods? ({} more since the last line): {}",
                telemetry.component(),
                suppressed,
                String.valueOf(failure)));
        return true;
    }

    private Config clientConfig() {
        ConfigBuilder builder;
        if (config.authType().equals(K8sAttributesConfig.KUBE_CONFIG)) {
            builder = new ConfigBuilder(kubeConfig());
        } else {
            builder = new ConfigBuilder(Config.empty());
            if (config.authType().equals(K8sAttributesConfig.SERVICE_ACCOUNT)) {
                // Read for each request: the cluster exchanges it about once an hour.
                builder.withOauthTokenProvider(PodWatch::token)
                        .withCaCertFile(ACCOUNT.resolve("ca.crt").toString());
            }
            builder.withMasterUrl(config.endpoint().isEmpty() ? clusterUrl() : config.endpoint());
        }
        if (!config.endpoint().isEmpty()) {
            builder.withMasterUrl(config.endpoint());
        }
        return builder.withConnectionTimeout(CONNECT_MILLIS)
                .withRequestTimeout(REQUEST_MILLIS)
                .withRequestRetryBackoffLimit(0)
                .withWatchReconnectInterval(PAUSE_MILLIS)
                .withUserAgent("stackhouse")
                .build();
    }

    private Config kubeConfig() {
        String file = environment.getOrDefault("KUBECONFIG", "");
        Path path = file.isEmpty() ? Path.of(environment.getOrDefault("HOME", "."), ".kube", "config") : Path.of(file);
        if (!Files.isReadable(path)) {
            throw new IllegalStateException("auth_type: kubeConfig needs " + path + ", which can't be read");
        }
        return config.context().isEmpty()
                ? Config.fromKubeconfig(path.toFile())
                : Config.fromKubeconfig(config.context(), path.toFile());
    }

    private static String token() {
        try {
            return Files.readString(ACCOUNT.resolve("token")).trim();
        } catch (IOException e) {
            throw new UncheckedIOException("the service account's token can't be read", e);
        }
    }

    private String clusterUrl() {
        String host = environment.getOrDefault("KUBERNETES_SERVICE_HOST", "");
        String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "443");
        if (host.isEmpty()) {
            throw new IllegalStateException(
                    "it isn't known where the API server is: KUBERNETES_SERVICE_HOST isn't set, as"
                            + " it is in each pod; write endpoint: https://host:6443, or auth_type: kubeConfig");
        }
        return "https://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    private FilterWatchListDeletable<Pod, PodList, PodResource> selected(KubernetesClient opened) {
        PodFilter filter = config.filter();
        FilterWatchListDeletable<Pod, PodList, PodResource> pods =
                filter.namespace().isEmpty()
                        ? opened.pods().inAnyNamespace()
                        : opened.pods().inNamespace(filter.namespace());
        String node = filter.nodeFromEnvVar().isEmpty()
                ? filter.node()
                : environment.getOrDefault(filter.nodeFromEnvVar(), "");
        if (node.isEmpty() && !filter.nodeFromEnvVar().isEmpty()) {
            throw new IllegalStateException("filter::node_from_env_var: the variable " + filter.nodeFromEnvVar()
                    + " isn't set; set it from spec.nodeName by the downward API");
        }
        if (!node.isEmpty()) {
            pods = pods.withField("spec.nodeName", node);
        }
        for (FieldFilter field : filter.fields()) {
            pods = "not-equals".equals(field.op())
                    ? pods.withoutField(field.key(), field.value())
                    : pods.withField(field.key(), field.value());
        }
        for (LabelFilter label : filter.labels()) {
            String op = label.op() == null ? "equals" : label.op();
            String value = label.value() == null ? "" : label.value();
            pods = switch (op) {
                case "exists" -> pods.withLabel(label.key());
                case "does-not-exist" -> pods.withoutLabel(label.key());
                case "not-equals" -> pods.withoutLabel(label.key(), value);
                default -> pods.withLabel(label.key(), value);
            };
        }
        return pods;
    }

    synchronized void close() {
        if (users > 0 && --users == 0) {
            end();
        }
    }

    private void end() {
        gauges.forEach(ObservableLongGauge::close);
        gauges.clear();
        SharedIndexInformer<Pod> running = informer;
        if (running != null) {
            running.stop();
            informer = null;
        }
        KubernetesClient open = client;
        if (open != null) {
            open.close();
            client = null;
        }
    }
}
