package io.stackhouse.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ScrapeTest {

    private final Scrape scrape = Scrape.parse("""
            # HELP sent Samples
            # TYPE sent counter
            sent{exporter="debug",what="a b"} 12.0
            sent{exporter="other"} 3.5 1790000000000
            sent_bytes{exporter="debug"} 1000
            taken_total 7
            rss 4.2e+08
            """);

    @Test
    void addsUpOverLabelsAndNothingElse() {
        assertThat(scrape.sum("sent")).isEqualTo(15.5);
        assertThat(scrape.sum("sent", "exporter=\"debug\"")).isEqualTo(12);
        assertThat(scrape.sum("rss")).isEqualTo(4.2e8);
        assertThat(scrape.sum("missing")).isZero();
    }

    @Test
    void knowsTheNameThatCountersGet() {
        assertThat(scrape.sum("taken")).isEqualTo(7);
    }
}
