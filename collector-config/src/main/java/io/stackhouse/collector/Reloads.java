package io.stackhouse.collector;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.MeterProvider;
import io.stackhouse.collector.config.CollectorConfig;
import io.stackhouse.collector.config.ConfigSources;
import io.stackhouse.collector.graph.Graph;
import io.stackhouse.collector.telemetry.LogSetup;
import io.stackhouse.pipeline.ConfigException;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the configuration again and lets the graph go on with it. Whatever is wrong with it, the old one goes on; that is logged in one
 * line and counted. One thread.
 */
final class Reloads {
    private static final Logger LOG = LoggerFactory.getLogger(Reloads.class);
    private static final Attributes APPLIED = outcome("applied");
    private static final Attributes FAILED = outcome("failed");

    private final Supplier<CollectorConfig> loader;
    private final ConfigSources sources;
    private final Map<String, String> environment;
    private final Graph graph;
    private final LongCounter reloads;
    private CollectorConfig inUse;
    private List<String> contents;
    private List<String> seen = List.of();

    /** @param inUse what the graph was built of */
    Reloads(ConfigOption config, CollectorConfig inUse, Graph graph, MeterProvider meters) {
        this.loader = config::load;
        this.sources = config.sources();
        this.environment = System.getenv();
        this.inUse = inUse;
        this.graph = graph;
        this.contents = sources.contents(environment);
        this.reloads = meters.get("stackhouse")
                .counterBuilder("stackhouse_config_reloads")
                .setUnit("{reloads}")
                .setDescription("Reloads of the configuration")
                .build();
        reloads.add(0, APPLIED);
        reloads.add(0, FAILED);
    }

    private static Attributes outcome(String outcome) {
        return Attributes.of(AttributeKey.stringKey("outcome"), outcome);
    }

    /** How long to wait before the files are looked at again; 0 for ever. */
    long intervalNanos() {
        return inUse.reloadInterval().toNanos();
    }

    /** Reloads when the files have another text than the one tried last, and had it at the look before: nobody is writing them. */
    void reloadWhenChanged() {
        List<String> now = sources.contents(environment);
        boolean isStill = now.equals(seen);
        seen = now;
        if (isStill && !now.equals(contents)) {
            reload();
        }
    }

    void reload() {
        // Before they are read: what changes meanwhile is seen next time.
        contents = sources.contents(environment);
        try {
            CollectorConfig next = loader.get();
            next.warnings().forEach(warning -> LOG.warn("{}", warning));
            graph.reload(next);
            LogSetup.apply(next.telemetry().logs().level());
            if (!next.telemetry().metrics().equals(inUse.telemetry().metrics())) {
                LOG.warn("service::telemetry::metrics has changed; that takes effect at the next start");
            }
            inUse = next;
            reloads.add(1, APPLIED);
            LOG.info("The new configuration is in use: {}", String.join("; ", graph.listening()));
        } catch (ConfigException e) {
            failed(String.join(" | ", e.problems()));
        } catch (RuntimeException e) {
            failed(String.valueOf(e.getMessage()));
            LOG.debug("Where it failed", e);
        }
    }

    private void failed(String why) {
        reloads.add(1, FAILED);
        LOG.error("The new configuration can't be used, the old one goes on: {}", why);
    }
}
