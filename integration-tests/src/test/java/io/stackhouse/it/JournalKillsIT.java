package io.stackhouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.stackhouse.it.KillCampaign.Outcome;
import io.stackhouse.it.LedgerExporterFactory.Settling;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was answered survives SIGKILL; {@link KillCampaign} by hand does it a hundred times. */
class JournalKillsIT {
    private static final int REQUESTS_PER_SECOND = 300;

    @TempDir
    Path folder;

    @Test
    void everyAnsweredRequestIsThereOnceAfterKills() throws Exception {
        Outcome outcome = run(6, Settling.NEVER);

        Set<Long> given = new HashSet<>(outcome.given());
        assertThat(given).as("nothing was delivered, so all of it is given out").containsAll(outcome.answered());
        try (Deployment deployment = Deployment.start(folder)) {
            Awaitility.await("what the journal kept stands in ClickHouse")
                    .atMost(Duration.ofSeconds(60))
                    .untilAsserted(
                            () -> assertThat(deployment.sql("SELECT count(), uniqExact(SpanName) FROM otel_traces"))
                                    .isEqualTo(List.of(given.size() + "\t" + given.size())));
        }
    }

    @Test
    void whatIsNotDeliveredIsThereOnceWhileTheCursorMoves() throws Exception {
        Outcome outcome = run(6, Settling.LATER);

        // Not so many: what came without an answer before the last kill may outnumber what was settled.
        assertThat(new HashSet<>(outcome.given()).containsAll(outcome.answered()))
                .as("all that was ever answered is given out again, though some was settled long before")
                .isFalse();
    }

    private Outcome run(int kills, Settling settling) throws Exception {
        long seed = new Random().nextLong();
        System.out.println("Kill campaign with seed " + seed);
        Outcome outcome = new KillCampaign(folder, kills, seed, REQUESTS_PER_SECOND, settling).run();
        assertThat(outcome.answered()).as("seed %d: some are answered", seed).hasSizeGreaterThan(kills);
        assertThat(outcome.lost()).as("seed %d: answered and gone", seed).isEmpty();
        assertThat(outcome.repeated()).as("seed %d: given out twice", seed).isEmpty();
        assertThat(outcome.unexpected()).as("seed %d: never sent", seed).isEmpty();
        return outcome;
    }
}
