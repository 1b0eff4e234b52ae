package io.stackhouse.collector.testing;

import io.stackhouse.pipeline.Exporter;
import io.stackhouse.pipeline.ExporterFactory;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.Stability;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.Batch;
import java.util.Map;
import java.util.Set;

/**
 * Takes another factory's settings and checks, and makes exporters that deliver everything and count it.
 *
 * @param <C> the settings
 */
public final class CountingFactory<C extends Record> implements ExporterFactory<C> {
    private final ExporterFactory<C> real;
    private final Map<String, Integer> counts;

    /** @param counts batches by the exporter's id; read after it was closed */
    public CountingFactory(ExporterFactory<C> real, Map<String, Integer> counts) {
        this.real = real;
        this.counts = counts;
    }

    @Override
    public String type() {
        return real.type();
    }

    @Override
    public Set<String> aliases() {
        return real.aliases();
    }

    @Override
    public Stability stability() {
        return real.stability();
    }

    @Override
    public Set<Signal> signals() {
        return real.signals();
    }

    @Override
    public C defaultConfig() {
        return real.defaultConfig();
    }

    @Override
    public void check(C config) {
        real.check(config);
    }

    @Override
    public boolean wantsDurableJournal() {
        return real.wantsDurableJournal();
    }

    @Override
    public Exporter create(C config, Telemetry telemetry) {
        return new Exporter() {
            @Override
            public void start() {}

            @Override
            public void accept(Batch batch) {
                synchronized (counts) {
                    counts.merge(telemetry.component().toString(), 1, Integer::sum);
                }
                batch.receipt().delivered();
            }

            @Override
            public void close() {}
        };
    }
}
