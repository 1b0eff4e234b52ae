package io.stackhouse.cli.load;

import io.stackhouse.cli.ClickHouseHttp;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * Compares what was accepted with what stands in ClickHouse, by the ids of profiles. It holds for collectors that keep samples as they are: {@code aggregate} adds up samples of several requests. Any thread.
 */
public final class StoreCheck {

    private final ClickHouseHttp server;

    public StoreCheck(ClickHouseHttp server) {
        this.server = server;
    }

    /**
     * What is not as it should be.
     *
     * @param requests that were accepted
     * @param lost accepted requests that are not there, or not whole
     * @param doubled requests that are there with more samples than they have
     * @param unanswered requests without an answer, each of which may be there or not
     * @param unansweredStored those of them that are there
     */
    public record Result(long requests, long lost, long doubled, long unanswered, long unansweredStored) {

        public boolean isGood() {
            return lost == 0 && doubled == 0;
        }
    }

    /** Looks now; the caller waits until everything should be there. */
    public Result look(Load load, Requests requests, int run) throws IOException {
        return compare(stored(run), load, requests);
    }

    static Result compare(Map<Long, Long> stored, Load load, Requests requests) {
        long lost = 0;
        long doubled = 0;
        long unansweredStored = 0;
        long unanswered = 0;
        for (long sequence = 0; sequence < load.nextSequence(); sequence++) {
            long expected = requests.content(sequence).samples();
            long found = stored.getOrDefault(sequence, 0L);
            boolean isInDoubt = load.figures().isInDoubt(sequence);
            unanswered += isInDoubt ? 1 : 0;
            unansweredStored += isInDoubt && found == expected ? 1 : 0;
            lost += found < expected && !(isInDoubt && found == 0) ? 1 : 0;
            doubled += found > expected ? 1 : 0;
        }
        return new Result(load.figures().acceptedRequests(), lost, doubled, unanswered, unansweredStored);
    }

    /** Samples by the sequence number of their request. */
    private Map<Long, Long> stored(int run) throws IOException {
        Map<Long, Long> samples = new HashMap<>();
        String sql =
                "SELECT any(ProfileId), count() FROM otel_profiles_samples WHERE startsWith(ProfileId, {prefix:String})"
                        + " GROUP BY substring(ProfileId, 17)";
        for (String line : server.lines(
                sql, Map.of("database", ClickHouseHttp.DATABASE, "param_prefix", ProfileIds.prefix(run)))) {
            String[] fields = line.split("\t", 2);
            samples.put(ProfileIds.sequence(fields[0]), Long.parseLong(fields[1]));
        }
        return samples;
    }
}
