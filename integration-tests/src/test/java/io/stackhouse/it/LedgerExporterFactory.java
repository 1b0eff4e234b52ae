package io.stackhouse.it;

import io.opentelemetry.proto.trace.v1.Span;
import io.stackhouse.pipeline.Exporter;
import io.stackhouse.pipeline.ExporterFactory;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.Stability;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.SpanBatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A destination that survives SIGKILL: it writes the name of each span, and the number in the id of each profile, to a file, one a line, and settles the batch then, after a while,
 * or never. What the page cache has outlives the process.
 */
public final class LedgerExporterFactory implements ExporterFactory<LedgerExporterFactory.Config> {
    /** When a batch is settled. */
    public enum Settling {
        /** As soon as it is written. */
        AT_ONCE,
        /** Out of order, within a third of a second. */
        LATER,
        NEVER
    }

    /** Settings: the file, and when batches are settled. */
    public record Config(String file, Settling settling) {}

    @Override
    public String type() {
        return "ledger";
    }

    @Override
    public Stability stability() {
        return Stability.DEVELOPMENT;
    }

    @Override
    public Set<Signal> signals() {
        return Set.of(Signal.TRACES, Signal.PROFILES);
    }

    @Override
    public Config defaultConfig() {
        return new Config("", Settling.AT_ONCE);
    }

    @Override
    public Exporter create(Config config, Telemetry telemetry) {
        return new Ledger(config);
    }

    private static final class Ledger implements Exporter {
        private static final int MAX_DELAY_MILLIS = 300;

        private final Config config;
        private final ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor();
        private @Nullable FileChannel channel;

        Ledger(Config config) {
            this.config = config;
        }

        @Override
        public void start() {
            try {
                channel =
                        FileChannel.open(Path.of(config.file()), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void accept(Batch batch) {
            try {
                channel.write(StandardCharsets.UTF_8.encode(lines(batch)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            if (config.settling() == Settling.AT_ONCE) {
                batch.receipt().delivered();
            } else if (config.settling() == Settling.LATER) {
                int delayMillis = ThreadLocalRandom.current().nextInt(MAX_DELAY_MILLIS);
                Future<?> unused =
                        later.schedule(() -> batch.receipt().delivered(), delayMillis, TimeUnit.MILLISECONDS);
            }
        }

        private static String lines(Batch batch) {
            StringBuilder lines = new StringBuilder();
            if (batch instanceof ProfileBatch profiles) {
                for (int i = 0; i < profiles.profileCount(); i++) {
                    long number =
                            ByteBuffer.wrap(profiles.profile(i).profileId()).getLong(Long.BYTES);
                    lines.append(number).append('\n');
                }
            } else if (batch instanceof SpanBatch spans) {
                for (SpanBatch.SpanGroup group : spans.groups()) {
                    for (Span span : group.spans()) {
                        lines.append(span.getName()).append('\n');
                    }
                }
            }
            return lines.toString();
        }

        @Override
        public void close() {
            later.shutdown();
            try {
                if (channel != null) {
                    channel.close();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
