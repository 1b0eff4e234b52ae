package io.stackhouse.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stackhouse.agent.interval.IntervalConfig;
import io.stackhouse.agent.interval.IntervalEncoder;
import io.stackhouse.agent.interval.IntervalRecorder;
import io.stackhouse.agent.process.ProcessTable;
import io.stackhouse.agent.process.ProcessTableConfig;
import io.stackhouse.agent.sample.CountConsumer;
import io.stackhouse.agent.sample.Event;
import io.stackhouse.agent.sample.EventPeriods;
import io.stackhouse.agent.sample.RawStacks;
import io.stackhouse.agent.sample.SampleCounters;
import io.stackhouse.agent.sample.SampleSource;
import io.stackhouse.agent.sample.StackConsumer;
import io.stackhouse.agent.symbol.Frame;
import io.stackhouse.agent.symbol.SymbolizedStack;
import io.stackhouse.agent.symbol.TestFrames;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProfilerLoopTest {
    private final ProcessTable processes = new ProcessTable(ProcessTableConfig.defaults());
    private final AtomicLong sent = new AtomicLong();
    private final OneStack source = new OneStack();

    @AfterEach
    void close() {
        processes.close();
    }

    @Test
    void endsAnIntervalAgainAndAgain() throws Exception {
        ProfilerLoop loop = loop(Duration.ofMillis(5));
        Thread thread = new Thread(loop::run, "loop");
        thread.start();

        source.drains.await();
        loop.stop();
        thread.join();

        // The last drain is that of the interval that was open.
        assertThat(sent.get()).isEqualTo(source.counted);
        assertThat(source.isStopped).isTrue();
        assertThat(loop.figures().intervals()).isGreaterThanOrEqualTo(4);
        assertThat(loop.figures().stacks()).isEqualTo(1);
    }

    @Test
    void sendsTheOpenIntervalWhenItIsStopped() throws Exception {
        ProfilerLoop loop = loop(Duration.ofMinutes(10));
        Thread thread = new Thread(loop::run, "loop");
        thread.start();

        source.polls.await();
        loop.stop();
        thread.join();

        assertThat(sent.get()).isEqualTo(1);
        assertThat(loop.figures().intervals()).isEqualTo(1);
    }

    @Test
    void passesOnWhatWentWrong() {
        source.failure = new IllegalStateException("no ring");

        assertThatThrownBy(() -> loop(Duration.ofMinutes(10)).run()).hasMessage("no ring");
    }

    private ProfilerLoop loop(Duration interval) {
        IntervalRecorder recorder = new IntervalRecorder(
                new IntervalConfig(10, 6, false),
                processes,
                (process, kernelIps, kernelCount, userIps, userCount, truncated) ->
                        new SymbolizedStack(new Frame[] {TestFrames.kernel(1, "f")}, false));
        return new ProfilerLoop(
                new ProfilerLoop.Parts(
                        source,
                        processes,
                        recorder,
                        new IntervalEncoder("1", EventPeriods.ofCpu(1)),
                        (bytes, profiles, samples) -> sent.addAndGet(samples),
                        null,
                        null),
                interval);
    }

    /** One stack, and one sample of it in each interval. */
    private static final class OneStack implements SampleSource {
        private final CountDownLatch drains = new CountDownLatch(4);
        private final CountDownLatch polls = new CountDownLatch(1);
        private RuntimeException failure;
        private boolean isKnown;
        private boolean isStopped;
        private long counted;

        @Override
        public void start() {}

        @Override
        public EventPeriods periods() {
            return EventPeriods.ofCpu(1);
        }

        @Override
        public void poll(int timeoutMillis, StackConsumer stacks) {
            if (failure != null) {
                throw failure;
            }
            assertThat(timeoutMillis).isBetween(1, 100);
            if (!isKnown) {
                stacks.stack(RawStacks.body(7, "main"));
                isKnown = true;
            }
            polls.countDown();
        }

        @Override
        public void drain(StackConsumer stacks, CountConsumer counts) {
            counts.count(7, (int) ProcessHandle.current().pid(), Event.CPU, 1);
            counted++;
            drains.countDown();
        }

        @Override
        public void forget(long hash) {}

        @Override
        public void stop() {
            isStopped = true;
        }

        @Override
        public SampleCounters counters(Event event) {
            return SampleCounters.NONE;
        }

        @Override
        public long sleepChanceMillionths() {
            return 0;
        }

        @Override
        public void close() {}
    }
}
