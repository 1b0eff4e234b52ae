package io.stackhouse.pipeline.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.stackhouse.pipeline.Ack;
import io.stackhouse.pipeline.RefusedException;
import io.stackhouse.pipeline.Request;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.Telemetry;
import io.stackhouse.pipeline.batch.SpanBatch;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryJournalTest {
    private final List<String> answers = new ArrayList<>();
    private final Ack ack = new Ack() {
        @Override
        public void accepted() {
            answers.add("accepted");
        }

        @Override
        public void refused(RefusedException reason) {
            answers.add("refused");
        }
    };

    @Test
    void givesRequestsBackInTheirOrder() throws InterruptedException {
        MemoryJournal journal = new MemoryJournal(100, Telemetry.none());
        journal.append(request(10), ack);
        journal.append(request(20), ack);

        assertThat(journal.take().request().body()).hasSize(10);
        assertThat(journal.take().sequence()).isEqualTo(1);
        assertThat(answers).containsExactly("accepted", "accepted");
    }

    @Test
    void refusesBeyondItsBudgetUntilARequestIsReleased() throws InterruptedException {
        MemoryJournal journal = new MemoryJournal(100, Telemetry.none());
        journal.append(request(60), ack);
        journal.append(request(60), ack);
        Journal.Entry entry = journal.take();
        journal.append(request(60), ack);
        journal.release(entry.sequence());
        journal.append(request(60), ack);

        assertThat(answers).containsExactly("accepted", "refused", "refused", "accepted");
        assertThat(journal.pendingBytes()).isEqualTo(60);
    }

    @Test
    void acceptsARequestLargerThanItsBudgetWhenItIsEmpty() {
        MemoryJournal journal = new MemoryJournal(10, Telemetry.none());

        journal.append(request(60), ack);

        assertThat(answers).containsExactly("accepted");
    }

    @Test
    void refusesAfterCloseAndGivesOutTheRest() throws InterruptedException {
        MemoryJournal journal = new MemoryJournal(100, Telemetry.none());
        journal.append(request(1), ack);
        journal.close();
        journal.append(request(1), ack);

        assertThat(answers).containsExactly("accepted", "refused");
        assertThat(journal.take()).isNotNull();
        assertThat(journal.take()).isNull();
    }

    private static Request request(int bytes) {
        return new Request(Signal.TRACES, 1, new byte[bytes], new SpanBatch(List.of(), 0), 0, "", bytes);
    }
}
