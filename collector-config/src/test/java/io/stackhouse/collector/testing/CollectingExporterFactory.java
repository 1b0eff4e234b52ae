package io.stackhouse.collector.testing;

import io.stackhouse.pipeline.Exporter;
import io.stackhouse.pipeline.ExporterFactory;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.Stability;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.Batch;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An exporter that keeps batches where a test finds them; with settings of several types. */
public final class CollectingExporterFactory implements ExporterFactory<CollectingExporterFactory.Config> {
    private static final Logger LOG = LoggerFactory.getLogger(CollectingExporterFactory.class);
    private static final Map<String, BlockingQueue<Batch>> BATCHES = new ConcurrentHashMap<>();

    /**
     * Settings.
     *
     * @param name where batches are found
     * @param delivers whether batches are settled
     * @param returns whether batches that are not are given back at the end
     */
    public record Config(
            String name,
            boolean delivers,
            int tries,
            Duration pause,
            List<String> tags,
            String failure,
            boolean returns) {
        public Config {
            if (tries < 1) {
                throw new IllegalArgumentException("tries must be 1 or more, not " + tries);
            }
        }
    }

    /** The batches that came to exporters of this name. */
    public static BlockingQueue<Batch> batches(String name) {
        return BATCHES.computeIfAbsent(name, unused -> new LinkedBlockingQueue<>());
    }

    @Override
    public String type() {
        return "collecting";
    }

    @Override
    public Stability stability() {
        return Stability.DEVELOPMENT;
    }

    @Override
    public Set<Signal> signals() {
        return Set.of(Signal.PROFILES, Signal.TRACES);
    }

    @Override
    public Config defaultConfig() {
        return new Config("default", true, 3, Duration.ofSeconds(5), List.of(), "", false);
    }

    @Override
    public Exporter create(Config config, Telemetry telemetry) {
        return new Exporter() {
            private final Queue<Batch> kept = new ConcurrentLinkedQueue<>();

            @Override
            public void start() {
                RecordingExtensionFactory.EVENTS.add("start exporter " + config.name());
                if (config.failure().equals("never starts")) {
                    awaitInterrupt();
                }
                if (!config.failure().isEmpty()) {
                    throw new IllegalStateException(config.failure());
                }
            }

            private void awaitInterrupt() {
                LOG.warn("The exporter waits");
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException("interrupted", e);
                }
            }

            @Override
            public void accept(Batch batch) {
                batches(config.name()).add(batch);
                if (config.delivers()) {
                    batch.receipt().delivered();
                } else {
                    kept.add(batch);
                }
            }

            @Override
            public void close() {
                RecordingExtensionFactory.EVENTS.add("close exporter " + config.name());
                for (Batch batch = kept.poll(); batch != null && config.returns(); batch = kept.poll()) {
                    batch.receipt().returned("the exporter ends");
                }
            }
        };
    }
}
