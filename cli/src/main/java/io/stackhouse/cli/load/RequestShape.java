package io.stackhouse.cli.load;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;

/**
 * What the requests of a run are like, as means of all different ones.
 *
 * @param requests how many different ones there are
 * @param bytes of one, not compressed
 * @param gzipBytes of one, compressed by gzip
 * @param samples as a collector counts rows
 * @param stacks different ones of a request
 * @param frames of a stack
 */
public record RequestShape(
        int requests,
        double bytes,
        double gzipBytes,
        double samples,
        double stacks,
        double frames,
        double resources,
        double linkedSpans) {

    static RequestShape of(List<RequestTemplate> templates) {
        double bytes = 0;
        double gzip = 0;
        double samples = 0;
        double stacks = 0;
        double frames = 0;
        double resources = 0;
        double links = 0;
        for (RequestTemplate template : templates) {
            RequestTemplate.Content content = template.content();
            bytes += content.bytes();
            gzip += gzipLength(template.stamped(new RequestTemplate.Stamp(1, 1, 1), 1_790_000_000_000_000_000L));
            samples += content.samples();
            stacks += content.stacks();
            frames += content.frames();
            resources += content.resources();
            links += content.links();
        }
        double n = templates.size();
        return new RequestShape(
                templates.size(),
                bytes / n,
                gzip / n,
                samples / n,
                stacks / n,
                stacks == 0 ? 0 : frames / stacks,
                resources / n,
                links / n);
    }

    public double bytesPerSample() {
        return bytes / samples;
    }

    public String text() {
        return String.format(
                Locale.ROOT,
                "%d different requests; one has on average %.0f bytes (%.0f by gzip), %.0f samples of %.0f stacks of %.1f frames, %.1f resources, %.1f spans; %.1f bytes per sample",
                requests,
                bytes,
                gzipBytes,
                samples,
                stacks,
                frames,
                resources,
                linkedSpans,
                bytesPerSample());
    }

    private static int gzipLength(byte[] body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.size();
    }
}
