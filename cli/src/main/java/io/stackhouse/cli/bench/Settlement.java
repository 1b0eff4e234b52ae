package io.stackhouse.cli.bench;

import io.stackhouse.cli.ClickHouseHttp;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Whether a collector has delivered all that it accepted, once, after the last request. One thread. */
final class Settlement {

    private static final long WITHIN_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long POLL_MILLIS = 200;

    private final Target target;
    private final Results results;
    private final Progress progress;
    private final @Nullable ClickHouseHttp store;

    /**
     * Of a target.
     *
     * @param store the ClickHouse that it writes to, if any
     */
    Settlement(Target target, Results results, Progress progress, @Nullable ClickHouseHttp store) {
        this.store = store;
        this.target = target;
        this.results = results;
        this.progress = progress;
    }

    /** Waits until windows are handed on, and compares counts. */
    void check() throws IOException, InterruptedException {
        progress.say("pipeline: does " + target.title() + " have everything once?");
        long end = System.nanoTime() + WITHIN_NANOS;
        Scrape scrape = target.scrape();
        while (delivered(scrape) < target.acceptedRequests() && System.nanoTime() - end < 0) {
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            scrape = target.scrape();
        }
        double received = scrape.sum("otelcol_receiver_accepted_profile_samples");
        double processed = target.processed(scrape);
        double dropped = scrape.sum("stackhouse_pipeline_dropped_requests")
                + scrape.sum("stackhouse_pipeline_failed_items")
                + scrape.sum("otelcol_journal_dropped_records");
        long sent = target.acceptedSamples();
        boolean isGood = received == sent
                && processed == sent
                && delivered(scrape) == target.acceptedRequests()
                && dropped == 0
                && target.doubtfulRequests() == 0;
        results.check(
                target.title() + " lost nothing and has nothing twice",
                isGood,
                String.format(
                        Locale.ROOT,
                        "%,d samples of %,d requests acknowledged; received %,.0f, processed %,.0f; delivered %,.0f requests, dropped %,.0f; rejected or unanswered %d; refused and sent again %,d",
                        sent,
                        target.acceptedRequests(),
                        received,
                        processed,
                        delivered(scrape),
                        dropped,
                        target.doubtfulRequests(),
                        target.refusals()));
        if (store != null) {
            checkTotals(store);
        }
    }

    /** The exact totals are made before anything is sampled away: their sum is that of all values, or something is missing or there twice. */
    private void checkTotals(ClickHouseHttp server) throws IOException {
        String sql = "SELECT sum(Value) FROM otel_profiles_totals_1m WHERE SampleType = 'cpu'";
        long expected = target.acceptedValues();
        String sum = "";
        long end = System.nanoTime() + WITHIN_NANOS;
        do {
            sum = server.lines(sql, Map.of("database", ClickHouseHttp.DATABASE)).get(0);
        } while (!sum.equals(Long.toString(expected)) && System.nanoTime() - end < 0);
        results.check(
                target.title() + ": ClickHouse has the exact sum of all values",
                sum.equals(Long.toString(expected)),
                "sent " + expected + " ns, stored " + sum + " ns");
    }

    private static double delivered(Scrape scrape) {
        return scrape.sum("stackhouse_pipeline_delivered_requests");
    }
}
