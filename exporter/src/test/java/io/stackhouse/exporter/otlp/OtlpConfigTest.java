package io.stackhouse.exporter.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stackhouse.pipeline.Secret;
import io.stackhouse.pipeline.Signal;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OtlpConfigTest {
    @Test
    void aSchemeDecidesAboutTlsElseTheSettingDoes() {
        assertThat(Endpoint.ofGrpc("next:4317", true)).isEqualTo(new Endpoint("next", 4317, true));
        assertThat(Endpoint.ofGrpc("next:4317", false)).isEqualTo(new Endpoint("next", 4317, false));
        assertThat(Endpoint.ofGrpc("http://next:1", true)).isEqualTo(new Endpoint("next", 1, false));
        assertThat(Endpoint.ofGrpc("https://next", false)).isEqualTo(new Endpoint("next", 4317, true));
        assertThat(Endpoint.ofGrpc("[::1]:9", false)).isEqualTo(new Endpoint("[::1]", 9, false));
    }

    @Test
    void refusesWhatIsNoAddress() {
        for (String wrong : new String[] {"", ":4317", "tcp://a:1", "a:99999", "a b:1", "http://a:1/path", "u:p@a:1"}) {
            assertThatThrownBy(() -> Endpoint.ofGrpc(wrong, true))
                    .as(wrong)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("endpoint ");
        }
        for (String wrong : new String[] {"", "next:4318", "ftp://next", "http://", "http://u:p@next"}) {
            assertThatThrownBy(() -> Endpoint.ofHttp("endpoint", wrong))
                    .as(wrong)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("endpoint ");
        }
    }

    private static OtlpHttpConfig http(String endpoint, String traces) {
        OtlpHttpConfig base = OtlpHttpConfig.defaults();
        return new OtlpHttpConfig(
                endpoint,
                traces,
                null,
                base.encoding(),
                base.tls(),
                base.compression(),
                base.headers(),
                base.timeout(),
                base.maxRequestSize(),
                base.retryOnFailure(),
                base.sendingQueue());
    }

    @Test
    void addsThePathOfTheSignalToTheBase() {
        OtlpHttpConfig config = http("http://next:4318/otlp/", "https://other/spans");
        assertThat(config.url(Signal.PROFILES)).hasToString("http://next:4318/otlp/v1development/profiles");
        assertThat(config.url(Signal.TRACES)).hasToString("https://other/spans");
        assertThat(http("http://next:4318", null).url(Signal.TRACES)).hasToString("http://next:4318/v1/traces");
    }

    @Test
    void wantsAnEndpoint() {
        assertThatThrownBy(() -> new OtlpGrpcExporterFactory().check(OtlpGrpcConfig.defaults()))
                .hasMessage("endpoint must be given; write host:4317");
        assertThatThrownBy(() -> new OtlpHttpExporterFactory().check(OtlpHttpConfig.defaults()))
                .hasMessage("endpoint must be given; write http://host:4318");
    }

    @Test
    void checksHeadersWithoutShowingThem() {
        Headers.check(Map.of("authorization", new Secret("Bearer x"), "X-Scope-OrgID", new Secret("a")));
        assertThatThrownBy(() -> Headers.check(Map.of("a b", new Secret("x")))).hasMessageContaining("'a b'");
        assertThatThrownBy(() -> Headers.check(Map.of("Content-Length", new Secret("x"))))
                .hasMessageContaining("set by itself");
        assertThatThrownBy(() -> Headers.check(Map.of("a", new Secret("hidden\n"))))
                .hasMessageContaining("printable ASCII")
                .hasMessageNotContaining("hidden");
    }

    @Test
    void refusesSenselessQueuesAndTls() {
        assertThatThrownBy(() -> new SendingQueue(true, 0, 1, SendingQueue.Sizer.REQUESTS, true))
                .hasMessageContaining("num_consumers");
        assertThatThrownBy(() -> new SendingQueue(true, 1, 0, SendingQueue.Sizer.REQUESTS, true))
                .hasMessageContaining("queue_size");
        assertThatThrownBy(() -> new TlsClientConfig(false, false, null, "a.crt", null, "1.2"))
                .hasMessageContaining("cert_file and key_file");
        assertThatThrownBy(() -> new TlsClientConfig(false, false, null, null, null, "1.1"))
                .hasMessageContaining("allowed: 1.2, 1.3");
        assertThatThrownBy(() ->
                        ClientTls.builder(new TlsClientConfig(false, false, "/nowhere/ca.pem", null, null, "1.2")))
                .hasMessage("tls::ca_file: '/nowhere/ca.pem' can't be read; check path and rights");
    }
}
