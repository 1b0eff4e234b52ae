package io.stackhouse.cli.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A program's metrics at one moment, in Prometheus' text. Immutable. */
final class Scrape {

    private static final int TIMEOUT_MILLIS = 10_000;

    private final List<String> lines;

    private Scrape(List<String> lines) {
        this.lines = lines;
    }

    /** Asks for them on loopback. */
    static Scrape of(int port) throws IOException {
        URI uri = URI.create("http://127.0.0.1:" + port + "/metrics");
        if (!(uri.toURL().openConnection() instanceof HttpURLConnection connection)) {
            throw new IOException(uri + " is not an address of HTTP");
        }
        connection.setConnectTimeout(TIMEOUT_MILLIS);
        connection.setReadTimeout(TIMEOUT_MILLIS);
        connection.setRequestProperty("Accept", "text/plain");
        try (InputStream answer = connection.getInputStream()) {
            return parse(new String(answer.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    static Scrape parse(String text) {
        List<String> samples = new ArrayList<>();
        for (String line : text.split("\n", -1)) {
            if (!line.isEmpty() && line.charAt(0) != '#') {
                samples.add(line);
            }
        }
        return new Scrape(samples);
    }

    /** The sum of a metric over all labels, with or without the {@code _total} that counters get; 0 when it isn't there. */
    double sum(String name) {
        return sum(name, "");
    }

    /**
     * The sum of those with a label.
     *
     * @param label as {@code name="value"}, or empty for all
     */
    double sum(String name, String label) {
        double sum = 0;
        for (String line : lines) {
            int end = endOfName(line);
            String found = line.substring(0, end);
            boolean isIt = found.equals(name) || found.equals(name + "_total");
            if (isIt && (label.isEmpty() || line.contains(label))) {
                // A time stamp may follow the value; labels may hold blanks.
                String values = line.substring(line.lastIndexOf('}') + 1);
                String value = values.startsWith(" ")
                        ? values.strip()
                        : line.substring(end).strip();
                sum += Double.parseDouble(value.split(" ", -1)[0]);
            }
        }
        return sum;
    }

    private static int endOfName(String line) {
        for (int i = 0; i < line.length(); i++) {
            if (line.charAt(i) == '{' || line.charAt(i) == ' ') {
                return i;
            }
        }
        return line.length();
    }
}
