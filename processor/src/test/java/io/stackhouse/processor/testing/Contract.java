package io.stackhouse.processor.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stackhouse.pipeline.Consumer;
import io.stackhouse.pipeline.Processor;
import io.stackhouse.pipeline.ProcessorFactory;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.Batch;
import io.stackhouse.pipeline.batch.SpanBatch;
import io.stackhouse.pipeline.memory.MemoryLease;
import io.stackhouse.pipeline.otlp.TracesDecoder;
import io.stackhouse.pipeline.testing.Traces;
import java.util.ArrayList;
import java.util.List;

/** What holds for every processor that hands on at once what it takes. Stateless. */
public final class Contract {
    private Contract() {}

    /** A batch of three spans. */
    public static SpanBatch spans() {
        byte[] body = Traces.realistic(3).toByteArray();
        return TracesDecoder.decode(body, 1, MemoryLease.counting()).batch();
    }

    /** A batch of two samples. */
    public static Batch profiles() {
        return new Samples()
                .service("shop")
                .profile("cpu", "nanoseconds")
                .sample("libc.so!read;app!main", "thread.name=main")
                .sample("", "thread.name=worker", "thread.id=7")
                .batch();
    }

    /** Checks a processor with settings under which it drops nothing. */
    public static <C extends Record> void check(ProcessorFactory<C> factory, C config) {
        closesAtAnyTime(factory, config);
        for (Signal signal : factory.signals()) {
            handsOnTheBatch(factory, config, signal);
            passesOnWhatTheNextThrows(factory, config, signal);
        }
    }

    private static Batch batch(Signal signal) {
        return signal == Signal.PROFILES ? profiles() : spans();
    }

    private static <C extends Record> void closesAtAnyTime(ProcessorFactory<C> factory, C config) {
        Processor processor = factory.create(config, batch -> {}, Telemetry.none());
        assertThatCode(processor::close).as("close before start").doesNotThrowAnyException();
        Processor started = factory.create(config, batch -> {}, Telemetry.none());
        started.start();
        started.close();
        assertThatCode(started::close).as("close twice").doesNotThrowAnyException();
    }

    private static <C extends Record> void handsOnTheBatch(ProcessorFactory<C> factory, C config, Signal signal) {
        List<Batch> out = new ArrayList<>();
        Batch batch = batch(signal);
        int items = batch.size();
        try (Processor processor = factory.create(config, out::add, Telemetry.none())) {
            processor.start();
            processor.accept(batch);
        }
        assertThat(out.stream().mapToInt(Batch::size).sum())
                .as("items of %s", signal)
                .isEqualTo(items);
    }

    private static <C extends Record> void passesOnWhatTheNextThrows(
            ProcessorFactory<C> factory, C config, Signal signal) {
        List<Batch> out = new ArrayList<>();
        Consumer failsOnce = batch -> {
            out.add(batch);
            if (out.size() == 1) {
                throw new IllegalStateException("the next one failed");
            }
        };
        try (Processor processor = factory.create(config, failsOnce, Telemetry.none())) {
            processor.start();
            assertThatThrownBy(() -> processor.accept(batch(signal))).hasMessage("the next one failed");
            processor.accept(batch(signal));
            assertThat(out).as("batches of %s", signal).hasSize(2);
        }
    }
}
