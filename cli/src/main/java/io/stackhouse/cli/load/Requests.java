package io.stackhouse.cli.load;

import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The requests of a run by their sequence numbers: the templates in turn, each time for other instances. Immutable; any thread.
 *
 * @param templates at least one
 * @param instanceNumbers how often each is sent before its instances come again
 */
public record Requests(List<RequestTemplate> templates, int instanceNumbers) {

    private static final long NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    public Requests {
        if (templates.isEmpty()) {
            throw new IllegalArgumentException("there are no requests to send");
        }
        templates = List.copyOf(templates);
    }

    /** What is in the request of this number. */
    public RequestTemplate.Content content(long sequence) {
        return template(sequence).content();
    }

    /**
     * The body of this number, the caller's own.
     *
     * @param beginUnixNanos when the interval that it tells of began
     */
    public byte[] body(int run, long sequence, long beginUnixNanos) {
        int instance = (int) (sequence / templates.size() % instanceNumbers);
        return template(sequence).stamped(new RequestTemplate.Stamp(run, sequence, instance), beginUnixNanos);
    }

    /** When an interval that ends now began. */
    static long beginOfIntervalUnixNanos() {
        java.time.Instant now = java.time.Instant.now();
        return now.getEpochSecond() * NANOS_PER_SECOND + now.getNano() - FleetRequests.INTERVAL_NANOS;
    }

    /** Mean of what is in a request, for a person. */
    public RequestShape shape() {
        return RequestShape.of(templates);
    }

    private RequestTemplate template(long sequence) {
        return templates.get((int) (sequence % templates.size()));
    }
}
