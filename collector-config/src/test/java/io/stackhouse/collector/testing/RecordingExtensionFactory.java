package io.stackhouse.collector.testing;

import io.stackhouse.pipeline.Extension;
import io.stackhouse.pipeline.ExtensionFactory;
import io.stackhouse.pipeline.Stability;
import io.stackhouse.pipeline.Telemetry;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An extension that is no authenticator and tells when it starts and closes. */
public final class RecordingExtensionFactory implements ExtensionFactory<RecordingExtensionFactory.Config> {
    /** What happened to extensions and exporters of this process, in order. */
    public static final List<String> EVENTS = new CopyOnWriteArrayList<>();

    /** Settings. */
    public record Config(String failure) {}

    @Override
    public String type() {
        return "recording";
    }

    @Override
    public Stability stability() {
        return Stability.ALPHA;
    }

    @Override
    public Config defaultConfig() {
        return new Config("");
    }

    @Override
    public Extension create(Config config, Telemetry telemetry) {
        String id = telemetry.component().toString();
        return new Extension() {
            @Override
            public void start() {
                if (!config.failure().isEmpty()) {
                    throw new IllegalStateException(config.failure());
                }
                EVENTS.add("start " + id);
            }

            @Override
            public void close() {
                EVENTS.add("close " + id);
            }
        };
    }
}
