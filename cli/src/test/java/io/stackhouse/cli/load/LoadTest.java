package io.stackhouse.cli.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.stackhouse.cli.load.Sender.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class LoadTest {

    private final Requests requests = FleetRequests.encode(new FleetSettings(1, 2, 4, 1, 0, 2, 1, 10, 2));

    /** Answers as it is told, by the number of the call. */
    private static final class ToldSender implements Sender {
        private final java.util.function.LongFunction<Answer> answers;
        private final List<byte[]> bodies = new ArrayList<>();
        private final AtomicLong calls = new AtomicLong();

        ToldSender(java.util.function.LongFunction<Answer> answers) {
            this.answers = answers;
        }

        @Override
        public void send(byte[] body, Listener listener) {
            synchronized (bodies) {
                bodies.add(body);
            }
            listener.answered(answers.apply(calls.getAndIncrement()));
        }

        @Override
        public void close() {}
    }

    @Test
    void countsWaitsFromTheTimeOnWhenEachRequestWasDue() throws Exception {
        long stallNanos = TimeUnit.MILLISECONDS.toNanos(500);
        // The server takes the tenth request's connection for half a second: those due meanwhile have waited too.
        ToldSender sender = new ToldSender(call -> {
            long end = System.nanoTime() + (call == 10 ? stallNanos : 0);
            while (System.nanoTime() - end < 0) {
                Thread.onSpinWait();
            }
            return Answer.ACCEPTED;
        });
        try (Load load = new Load(requests, sender, 1)) {
            load.send(Load.Pace.of(100), TimeUnit.SECONDS.toNanos(1));

            assertThat(load.figures().acceptedRequests()).isEqualTo(100);
            // Half of the second's requests were due in the stall, and waited 250 ms on average.
            assertThat(load.figures().latencies().millis(75)).isGreaterThan(200);
            assertThat(load.figures().latencies().maxMillis()).isGreaterThan(499);
        }
    }

    @Test
    void sendsARefusedRequestAgainWithTheSameBytesAndCountsItOnce() throws Exception {
        ToldSender sender = new ToldSender(
                call -> call < 2 ? new Answer(Answer.Kind.REFUSED, 1_000_000, "later") : Answer.ACCEPTED);
        try (Load load = new Load(requests, sender, 1)) {
            load.sendCount(1, 1);

            assertThat(load.figures().requests()).isEqualTo(1);
            assertThat(load.figures().acceptedRequests()).isEqualTo(1);
            assertThat(load.figures().acceptedSamples())
                    .isEqualTo(requests.content(0).samples());
            assertThat(load.figures().refusals()).isEqualTo(2);
            assertThat(load.figures().lastProblem()).isEqualTo("later");
        }
        assertThat(sender.bodies).hasSize(3);
        assertThat(sender.bodies.get(1)).isEqualTo(sender.bodies.get(0));
        assertThat(sender.bodies.get(2)).isEqualTo(sender.bodies.get(0));
    }

    @Test
    void givesUpWhatIsRefusedForTooLong() throws Exception {
        ToldSender sender = new ToldSender(
                call -> new Answer(Answer.Kind.REFUSED, call == 0 ? 1_000_000 : TimeUnit.MINUTES.toNanos(3), "full"));
        try (Load load = new Load(requests, sender, 1)) {
            load.sendCount(1, 1);

            assertThat(load.figures().refusals()).isEqualTo(2);
            assertThat(load.figures().rejectedRequests()).isEqualTo(1);
            assertThat(load.figures().acceptedRequests()).isZero();
            assertThat(load.figures().lastProblem()).isEqualTo("full");
        }
    }

    @Test
    void neverSendsAgainWhatHasNoAnswer() throws Exception {
        ToldSender sender = new ToldSender(
                call -> call == 1 ? new Answer(Answer.Kind.NONE, 0, "connection reset") : Answer.ACCEPTED);
        try (Load load = new Load(requests, sender, 9)) {
            load.send(Load.Pace.of(100), TimeUnit.MILLISECONDS.toNanos(50));

            assertThat(load.figures().requests()).isEqualTo(5);
            assertThat(load.figures().acceptedRequests()).isEqualTo(4);
            assertThat(load.figures().unansweredRequests()).isEqualTo(1);
            assertThat(load.figures().isInDoubt(1)).isTrue();
            assertThat(sender.bodies).hasSize(5);
            long samples = requests.content(0).samples();
            StoreCheck.Result good =
                    StoreCheck.compare(Map.of(0L, samples, 2L, samples, 3L, samples, 4L, samples), load, requests);
            assertThat(good.isGood()).isTrue();
            assertThat(good.unanswered()).isEqualTo(1);
            StoreCheck.Result bad = StoreCheck.compare(
                    Map.of(0L, samples, 1L, samples, 2L, 2 * samples, 3L, samples - 1), load, requests);
            assertThat(bad).isEqualTo(new StoreCheck.Result(4, 2, 1, 1, 1));
        }
    }

    @Test
    void reachesAServerOverGrpcWithWholeRequests() throws Exception {
        try (EchoServer server = EchoServer.start(0);
                Sender sender = Senders.grpc(server.port());
                Load load = new Load(requests, sender, 1)) {
            load.send(Load.Pace.maximal(4), TimeUnit.MILLISECONDS.toNanos(200));

            assertThat(load.figures().lastProblem()).isEmpty();
            assertThat(load.figures().acceptedRequests()).isPositive().isEqualTo(server.requests());
        }
        assertThat(ExportProfilesServiceRequest.parseFrom(requests.body(1, 1, 1))
                        .getResourceProfilesCount())
                .isEqualTo(1);
    }

    @Test
    void saysThatNobodyAnswered() throws Exception {
        int port;
        try (EchoServer server = EchoServer.start(0)) {
            port = server.port();
        }
        for (Sender sender : List.of(Senders.grpc(port), new HttpSender("127.0.0.1", port, "/", false))) {
            try (sender;
                    Load load = new Load(requests, sender, 1)) {
                load.send(Load.Pace.maximal(1), 1);

                assertThat(load.figures().unansweredRequests())
                        .isEqualTo(load.figures().requests())
                        .isPositive();
                assertThat(load.figures().lastProblem()).isNotEmpty();
            }
        }
    }
}
