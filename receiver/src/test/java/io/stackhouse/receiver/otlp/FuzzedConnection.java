package io.stackhouse.receiver.otlp;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.DefaultChannelId;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.local.LocalServerChannel;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.stackhouse.pipeline.Ack;
import io.stackhouse.pipeline.Inlets;
import io.stackhouse.pipeline.RefusedException;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.testing.ManualClock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;

/**
 * A connection to the HTTP port without a network: what a fuzzer writes goes through the receiver's own handlers, and time, workers and
 * the pipeline's answers come when the fuzzer says. One thread.
 *
 * <p>{@link #close} lets everything come to its end and throws when an exception was not ours, a deadline didn't end the connection,
 * a request kept its place, or a buffer wasn't released.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a close that fails is seen in close()
final class FuzzedConnection implements AutoCloseable {
    private static final int MAX_IN_FLIGHT = 2;
    private static final OtlpConfig.Http CONFIG = new HttpSettings().http();
    private static final List<ILoggingEvent> ERRORS = watchErrors();

    private final UnpooledByteBufAllocator buffers = new UnpooledByteBufAllocator(false, true);
    private final Queue<Runnable> work = new ArrayDeque<>();
    private final RecordingInlet inlet = new RecordingInlet();
    private final Intake intake;
    /** Accepted by a server: without that Netty takes the first stream of HTTP/2 for a client's upgrade. */
    private final EmbeddedChannel channel =
            new EmbeddedChannel(new LocalServerChannel(), DefaultChannelId.newInstance(), true, false);

    FuzzedConnection() {
        intake = new Intake(
                RunningReceiver.config(new OtlpConfig.Protocols(null, CONFIG), MAX_IN_FLIGHT),
                new Inlets(Map.of(Signal.PROFILES, inlet, Signal.TRACES, inlet)),
                new ReceiverMetrics(Telemetry.none()),
                new ManualClock());
        HttpService service = new HttpService(
                CONFIG, PortSecurity.none(), intake, work::add, new HttpMetrics(Telemetry.none(), Transport.HTTP));
        channel.config().setAllocator(buffers);
        channel.freezeTime();
        HttpChannels channels = new HttpChannels(service, new DefaultChannelGroup(GlobalEventExecutor.INSTANCE), null);
        Deadline deadline = new Deadline(channel.eventLoop());
        deadline.set(CONFIG.readHeaderTimeout().toNanos(), channel::close);
        channel.pipeline().addLast(new WriteDeadline(service), new HttpVersionChoice(channels, deadline));
    }

    /** What is logged as an error from now on. */
    private static List<ILoggingEvent> watchErrors() {
        List<ILoggingEvent> errors = new ArrayList<>();
        AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                if (event.getLevel().isGreaterOrEqual(Level.ERROR)) {
                    errors.add(event);
                }
            }
        };
        appender.start();
        Logger logger = (Logger) LoggerFactory.getLogger("io.stackhouse");
        logger.addAppender(appender);
        logger.setAdditive(false);
        return errors;
    }

    /** Whether the connection is open and wants more; when not, what is written would stay in the socket. */
    boolean isReading() {
        return channel.isOpen() && channel.config().isAutoRead();
    }

    /** The client sends. */
    void write(byte[] bytes, int from, int to) {
        ByteBuf buffer = buffers.heapBuffer(to - from).writeBytes(bytes, from, to - from);
        channel.writeInbound(buffer);
    }

    /** Workers do what waits for them. */
    void runWork() {
        for (Runnable task = work.poll(); task != null; task = work.poll()) {
            task.run();
        }
        channel.runPendingTasks();
    }

    /** From now on the pipeline answers at once, refuses, or waits for {@link #answerHeld}. */
    void answerBy(int choice) {
        inlet.isHolding = choice == 1;
        inlet.refusal = choice == 2 ? new RefusedException("full", 1) : null;
    }

    /** The pipeline answers what it held. */
    void answerHeld(boolean isAccepted) {
        for (Ack ack = inlet.held.poll(); ack != null; ack = inlet.held.poll()) {
            if (isAccepted) {
                ack.accepted();
            } else {
                ack.refused(new RefusedException("full", 1));
            }
        }
        channel.runPendingTasks();
    }

    void advance(long seconds) {
        channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        channel.runPendingTasks();
    }

    /** The client goes away. */
    void abort() {
        channel.close();
        channel.runPendingTasks();
    }

    /** What was answered so far. */
    byte[] answers() {
        ByteBuf all = buffers.heapBuffer();
        for (Object part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
            ByteBuf bytes = (ByteBuf) part;
            all.writeBytes(bytes);
            bytes.release();
        }
        byte[] answers = new byte[all.readableBytes()];
        all.readBytes(answers);
        all.release();
        return answers;
    }

    @Override
    public void close() {
        runWork();
        answerHeld(true);
        // Longer than all deadlines together.
        for (int i = 0; i < 20 && channel.isOpen(); i++) {
            advance(60);
            runWork();
            answerHeld(true);
        }
        boolean isEnded = !channel.isOpen();
        channel.finishAndReleaseAll();
        channel.checkException();
        runWork();
        if (!isEnded) {
            throw new AssertionError("the connection is still open after 20 minutes of silence");
        }
        checkPlaces();
        long held = buffers.metric().usedHeapMemory() + buffers.metric().usedDirectMemory();
        if (held != 0) {
            throw new AssertionError(held + " bytes of buffers were not released");
        }
        if (!ERRORS.isEmpty()) {
            ILoggingEvent error = ERRORS.get(0);
            ERRORS.clear();
            throw new AssertionError("an error was logged: " + error.getFormattedMessage() + " "
                    + ThrowableProxyUtil.asString(error.getThrowableProxy()));
        }
    }

    private void checkPlaces() {
        if (intake.requestsInFlight() != 0 || intake.budget().usedBytes() != 0) {
            throw new AssertionError(intake.requestsInFlight() + " requests are still in flight, with "
                    + intake.budget().usedBytes() + " bytes");
        }
    }
}
